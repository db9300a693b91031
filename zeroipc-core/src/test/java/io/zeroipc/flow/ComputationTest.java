package io.zeroipc.flow;

import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ForeignBlock;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.wait.Deadline;

import static org.assertj.core.api.Assertions.assertThat;

/** The moments of a computation that no caller of a future or lazy value can bring about. */
class ComputationTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final Recording mark = new Recording();
    private Block block;
    private Computation computation;

    @BeforeEach
    void create() {
        Segment segment = segments.create(1 << 14);
        ForeignBlock.create(segment, "c", 64, _ -> {
            // Zero: nobody has computed.
        });
        Blocks blocks = segment.blocks("c");
        block = blocks.require("");
        computation = new Computation(blocks, block, mark);
    }

    @Test
    void shouldLeaveNoMarkWhenAProgramWithoutLocksIsFaster() {
        mark.whenSet = () -> Atomics.setIntRelease(block.memory(), 0, Computation.COMPUTING);
        assertThat(computation.tryClaim(false)).isNull();
        assertThat(mark.isSet()).isFalse();
        assertThat(computation.state()).isEqualTo(Computation.COMPUTING);

        // The role is free.
        mark.whenSet = () -> {
            // Nobody is.
        };
        Atomics.setIntRelease(block.memory(), 0, Computation.NOT_COMPUTED);
        assertThat(computation.tryClaim(false)).isNotNull();
    }

    @Test
    void shouldSettleTheDeadAtTheLatestWhenTheTimeIsOver() throws InterruptedException {
        Atomics.setIntRelease(block.memory(), 0, Computation.COMPUTING);
        mark.set(1);
        assertThat(computation.await(Deadline.after(Duration.ZERO), null)).isEqualTo(Computation.FAILED);
    }

    private static final class Recording implements Computation.Mark {

        private boolean set;
        private Runnable whenSet = () -> {
            // Nothing happens in between.
        };

        @Override
        public void set(long pid) {
            set = true;
            whenSet.run();
        }

        @Override
        public void clear() {
            set = false;
        }

        @Override
        public boolean isSet() {
            return set;
        }

        @Override
        public int died() {
            return Computation.FAILED;
        }

        @Override
        public void afterDeath() {
            set = false;
        }
    }
}
