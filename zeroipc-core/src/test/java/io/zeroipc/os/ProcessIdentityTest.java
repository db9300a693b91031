package io.zeroipc.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class ProcessIdentityTest {

    @Test
    void shouldKnowThisProcess() {
        ProcessIdentity current = ProcessIdentity.current();

        assertThat(current.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(current.startTime()).isPositive();
        assertThat(current.isAlive()).isTrue();
        assertThat(ProcessIdentity.of(current.pid())).contains(current);
    }

    @Test
    void shouldTakeItForDeadWhenThePidBelongsToALaterProcess() {
        ProcessIdentity current = ProcessIdentity.current();

        assertThat(new ProcessIdentity(current.pid(), current.startTime() - 1).isAlive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, (1L << 22) + 1, Integer.MAX_VALUE, (1L << 32) + 1, Long.MAX_VALUE})
    void shouldFindNobodyWhenNoProcessCanHaveThePid(long pid) {
        assertThat(ProcessIdentity.of(pid)).isEmpty();
        assertThat(new ProcessIdentity(pid, 1).isAlive()).isFalse();
    }

    @Test
    @Tag("process")
    void shouldBeDeadWhenTheProcessIsKilledAndReaped() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        try {
            ProcessIdentity identity = ProcessIdentity.of(process.pid()).orElseThrow();
            assertThat(identity.isAlive()).isTrue();
            assertThat(identity).isNotEqualTo(ProcessIdentity.current());

            process.destroyForcibly().waitFor();

            await().until(() -> !identity.isAlive());
            assertThat(ProcessIdentity.of(process.pid())).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Tag("process")
    void shouldBeDeadWhenTheProcessIsAZombie() throws Exception {
        // The shell starts a process that stops itself, and becomes cat, which never asks how that child ended.
        Process parent = new ProcessBuilder("sh", "-c", "sh -c 'kill -STOP $$' & echo $!; exec cat").start();
        try (var lines = parent.inputReader(StandardCharsets.UTF_8)) {
            long pid = Long.parseLong(lines.readLine());
            await().until(() -> state(pid) == 'T');
            ProcessIdentity identity = ProcessIdentity.of(pid).orElseThrow();
            assertThat(identity.isAlive()).isTrue();
            await().until(() -> ProcessHandle.of(parent.pid())
                    .flatMap(it -> it.info().command())
                    .orElse("")
                    .endsWith("cat"));

            ProcessHandle.of(pid).orElseThrow().destroyForcibly();

            await().until(() -> state(pid) == 'Z');
            assertThat(identity.isAlive()).isFalse();
            assertThat(ProcessIdentity.of(pid)).isEmpty();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldReadTheStatusWhenTheCommandNameIsNasty() throws IOException {
        String text = "4242 (a) Z 1 (b) c\n) S 1 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 17 0 987654321 5 6\n";

        assertThat(ProcessIdentity.Stat.parse(text)).isEqualTo(new ProcessIdentity.Stat('S', 17, 987654321));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 (x)", "1 (x) S 1 2 3", "1 (x) S 1 2 3 4 5 6 7 8 9 a b c d e f g h i j k l"})
    void shouldThrowWhenTheStatusIsNotUnderstood(String text) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> ProcessIdentity.Stat.parse(text))
                .withMessageContaining("process status is not understood");
    }

    @Test
    void shouldCallAZombieDeadUnlessItIsOnlyItsMainThread() {
        assertThat(new ProcessIdentity.Stat('Z', 1, 5).isDead()).isTrue();
        assertThat(new ProcessIdentity.Stat('Z', 0, 5).isDead()).isTrue();
        assertThat(new ProcessIdentity.Stat('X', 2, 5).isDead()).isTrue();
        assertThat(new ProcessIdentity.Stat('Z', 2, 5).isDead()).isFalse();
        for (char alive : "RSDTtI".toCharArray()) {
            assertThat(new ProcessIdentity.Stat(alive, 1, 5).isDead()).isFalse();
        }
    }

    @Test
    @Tag("process")
    void shouldKnowTheUserOfThisProcess() throws Exception {
        Process id = new ProcessBuilder("id", "-u").start();
        String printed = new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

        assertThat(ProcessIdentity.currentUid()).isEqualTo(Integer.parseInt(printed));
        assertThat(id.waitFor()).isZero();
    }

    @Test
    @Tag("process")
    void shouldKnowTheUserWhenItIsAnother() throws Exception {
        String unshare = Requirements.program("unshare").toString();
        Requirements.require(Requirements.succeeds(List.of(unshare, "-U", "true")),
                "user namespaces are not allowed here: command=unshare -U");
        // A new user namespace without a mapping: everybody in it is the overflow user, whoever started it.
        try (PeerProcess child = PeerProcess.of(UidPrinter.class).startedBy(unshare, "-U").start()) {
            assertThat(child.join()).as(child::toString).isZero();
            assertThat(child.output()).containsExactly("65534");
        }
    }

    /** Prints the user it runs as. */
    static final class UidPrinter {
        private UidPrinter() {
        }

        public static void main(String[] arguments) {
            System.out.println(ProcessIdentity.currentUid());
        }
    }

    private static char state(long pid) throws IOException {
        return Optional.ofNullable(ProcessIdentity.Stat.read(pid)).map(ProcessIdentity.Stat::state).orElse('-');
    }
}
