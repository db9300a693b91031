package io.zeroipc.os;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.zeroipc.os.FileEvents.Event;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.EnabledWithNativeAccess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What the kernel tells, and how to sleep until then. */
@EnabledWithNativeAccess
class PollTest {

    private static final long LONG = TimeUnit.MINUTES.toNanos(2);

    @Test
    void shouldSleepUntilTheAlarmRings() throws Exception {
        try (Alarm alarm = Alarm.open()) {
            FutureTask<List<Descriptor>> sleeper = new FutureTask<>(() -> Poll.await(List.of(alarm), LONG));
            Thread thread = Thread.ofPlatform().start(sleeper);
            alarm.ring();
            assertThat(sleeper.get()).containsExactly(alarm);
            thread.join();
            assertThat(Poll.await(List.of(alarm), 0)).containsExactly(alarm);
            alarm.ring();
            alarm.clear();
            assertThat(Poll.await(List.of(alarm), 0)).isEmpty();
            alarm.clear();
            assertThat(alarm.isClosed()).isFalse();
        }
    }

    @Test
    void shouldSleepNoShorterThanItsTime() throws IOException {
        long begun = System.nanoTime();
        assertThat(Poll.await(List.of(), 30_000_000)).isEmpty();
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(30_000_000);
    }

    /** Some programs close numbers that are not theirs. */
    @Test
    void shouldFindADescriptorThatSomebodyElseHasClosed() throws IOException {
        try (Alarm alarm = Alarm.open()) {
            Libc.close(alarm.fd());
            assertThat(Poll.await(List.of(alarm), LONG)).containsExactly(alarm);
            assertThat(alarm.isClosed()).isTrue();
            alarm.ring();
        }
    }

    @Test
    @Tag("process")
    void shouldFindAProcessThatIsGone() throws Exception {
        try (ScratchFile file = new ScratchFile();
                PeerProcess peer = PeerProcess.of(LockingChild.class).withArguments(file.path).start()) {
            await().until(() -> ProcessIdentity.of(peer.pid()).isPresent());
            ProcessIdentity identity = ProcessIdentity.of(peer.pid()).orElseThrow();
            try (ProcessDescriptor process = ProcessDescriptor.open(identity)) {
                assertThat(process).isNotNull();
                assertThat(Poll.await(List.of(process), 0)).isEmpty();
                peer.kill();
                assertThat(Poll.await(List.of(process), LONG)).containsExactly(process);
                assertThat(process.isClosed()).isFalse();
            }
            assertThat(ProcessDescriptor.open(identity)).isNull();
        }
    }

    /** A number is given to a new process some time. */
    @Test
    void shouldNotTakeALaterProcessForTheOneThatHadItsNumber() {
        ProcessIdentity self = ProcessIdentity.current();
        try (ProcessDescriptor process = ProcessDescriptor.open(self)) {
            assertThat(process).isNotNull();
        }
        assertThat(ProcessDescriptor.open(new ProcessIdentity(self.pid(), self.startTime() - 1))).isNull();
        assertThat(ProcessDescriptor.open(new ProcessIdentity((1L << 22) + 1, 1))).isNull();
        assertThat(ProcessDescriptor.open(new ProcessIdentity((1L << 32) + self.pid(), self.startTime()))).isNull();
        assertThat(ProcessDescriptor.open(new ProcessIdentity(0, 1))).isNull();
    }

    @Test
    void shouldTellWhatHappensToAFile() throws IOException {
        try (ScratchFile file = new ScratchFile(); FileEvents events = FileEvents.open()) {
            int watch = events.watch(file.path);
            assertThat(events.watch(file.path)).isEqualTo(watch);
            assertThat(events.read()).isEmpty();

            FileChannel second = FileChannel.open(file.path, StandardOpenOption.WRITE);
            assertThat(Poll.await(List.of(events), LONG)).containsExactly(events);
            assertThat(events.read()).containsExactly(new Event(watch, true, false, false, false));
            second.truncate(0);
            second.write(ByteBuffer.allocate(1));
            assertThat(events.read()).containsExactly(new Event(watch, false, false, true, false));
            second.truncate(0);
            assertThat(events.read()).containsExactly(new Event(watch, false, false, true, false));
            second.close();
            assertThat(events.read()).containsExactly(new Event(watch, false, true, false, false));
            Files.delete(file.path);
            assertThat(events.read()).containsExactly(new Event(watch, false, false, true, false));
            events.forget(watch);
            assertThat(events.read()).containsExactly(new Event(watch, false, false, false, true));
            assertThat(events.watch(file.path)).isEqualTo(FileEvents.NO_WATCH);
        }
    }

    /** One event for a file, however many there were; those that do not fit in one reading come with the next. */
    @Test
    void shouldTellOfManyEventsInFewReadings() throws IOException {
        try (ScratchFile file = new ScratchFile(); FileEvents events = FileEvents.open()) {
            int watch = events.watch(file.path);
            for (int i = 0; i < 1000; i++) {
                FileChannel.open(file.path, StandardOpenOption.READ).close();
            }
            List<Event> found = new ArrayList<>();
            for (List<Event> some = events.read(); !some.isEmpty(); some = events.read()) {
                found.addAll(some);
            }
            assertThat(found).containsExactly(new Event(watch, true, true, false, false),
                    new Event(watch, true, true, false, false));
        }
    }

    @Test
    void shouldKnowTheLayoutsOfTheKernel() {
        assertThat(Libc.POLLFD.byteSize()).isEqualTo(8);
        assertThat(Libc.INOTIFY_EVENT.byteSize()).isEqualTo(16);
    }
}
