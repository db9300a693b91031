package io.zeroipc.spring.core;

import org.junit.jupiter.api.Test;

import io.zeroipc.Occupancy;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Stall;
import io.zeroipc.segment.Structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/** What becomes of the looks when a structure, which may be the application's own, cannot tell. */
class StallWatchTests {

    @Test
    void lookWhenAStructureThrowsEndsNothing() {
        StallWatch watch = new StallWatch();
        assertThatCode(() -> watch.look(new ChannelName("host", "own"), new Failing())).doesNotThrowAnyException();
        assertThat(watch.stuck()).isEmpty();
    }

    private static final class Failing implements Structure {

        @Override
        public Binding binding() {
            throw new AssertionError("nobody asks");
        }

        @Override
        public Occupancy occupancy() {
            return Occupancy.ofElements(0, 1);
        }

        @Override
        public Stall stall() {
            throw new LinkageError("no");
        }
    }
}
