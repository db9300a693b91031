package io.zeroipc.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.RoleTakenException;
import io.zeroipc.flow.SharedState.Snapshot;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class StateProcessTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldKeepTheLastValueAndGoOnWhenAWriterIsKilledWhileItWrites() throws InterruptedException {
        Segment segment = segments.create(1 << 16);
        SharedState<Checked> state = SharedState.create(segment, "state", Checked.CODEC);
        List<String> wrong = new ArrayList<>();
        long version = 0;
        for (int round = 0; round < 4; round++) {
            try (PeerProcess child = PeerProcess.of(StateChild.class).withArguments(segment.path(), "state").start()) {
                child.await("ready");
                assertThatExceptionOfType(RoleTakenException.class).isThrownBy(state::writer)
                        .satisfies(e -> assertThat(e.holder()).contains("process " + child.pid() + " ("))
                        .withMessageContaining("role=writer, holder=process " + child.pid());
                for (int i = 0; i < 3_000; i++) {
                    Snapshot<Checked> change = state.awaitChange(version, Duration.ofMinutes(1));
                    assertThat(change).as("%s", child).isNotNull();
                    if (change.version() <= version) {
                        wrong.add(change + " after " + version);
                    }
                    check(change, wrong);
                    version = change.version();
                }
                child.kill();
            }
            Snapshot<Checked> last = state.snapshot();
            assertThat(last).isNotNull();
            check(last, wrong);
            assertThat(last.version()).isGreaterThanOrEqualTo(version);
            try (StateWriter<Checked> writer = state.writer()) {
                version = last.version() + 1;
                writer.set(Checked.of(version), version);
            }
            assertThat(state.get()).isEqualTo(Checked.of(version));
        }
        assertThat(wrong).isEmpty();
    }

    private static void check(Snapshot<Checked> snapshot, List<String> wrong) {
        if (!snapshot.value().isWhole() || snapshot.value().number() != snapshot.version()
                || snapshot.timestamp() != snapshot.version()) {
            wrong.add("torn: " + snapshot);
        }
    }
}
