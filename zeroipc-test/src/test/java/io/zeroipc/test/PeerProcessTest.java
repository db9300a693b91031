package io.zeroipc.test;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class PeerProcessTest {

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private static PeerProcess.Builder echo() {
        return PeerProcess.of(EchoPeer.class);
    }

    @Test
    void shouldHandOverArgumentsAndPropertiesWhenStarted() throws Exception {
        PeerProcess peer = peers.start(echo().withArguments("one", 2)
                .withSystemProperty("colour", "red")
                .withSystemProperties(Map.of("colour", "green")));

        peer.await("arguments=[one, 2]");
        peer.await("colour=green");
        assertThat(peer.isAlive()).isTrue();
        assertThat(ProcessHandle.of(peer.pid())).isPresent();
        assertThat(peer.join()).isZero();
        assertThat(peer.errors()).containsExactly("on standard error");
    }

    @Test
    void shouldSeeEachLineWhenLinesAreSentAndComeBack() throws Exception {
        PeerProcess peer = peers.start(echo());

        peer.send("a b");
        peer.send("a b");
        peer.send("c");

        peer.await(2, "echo a b");
        assertThat(peer.awaitLineWith("echo", " c")).isEqualTo("echo c");
        peer.send("end");
        assertThat(peer.join()).isEqualTo(3);
        assertThat(peer.output()).contains("echo a b", "echo c", "shut down");
    }

    @Test
    void shouldNotCleanUpWhenKilledAndCleanUpWhenTerminated() throws Exception {
        PeerProcess killed = peers.start(echo());
        killed.await("colour=null");
        killed.kill();

        assertThat(killed.isAlive()).isFalse();
        assertThat(killed.join()).isEqualTo(128 + 9);
        assertThat(killed.output()).doesNotContain("shut down");

        PeerProcess terminated = peers.start(echo());
        terminated.await("colour=null");
        terminated.terminate();

        terminated.await("shut down");
        assertThat(terminated.join()).isEqualTo(128 + 15);
    }

    @Test
    void shouldTellWhatWasPrintedWhenTheLineCannotComeAnyMore() {
        PeerProcess peer = peers.start(echo().withArguments("x"));
        peer.send("end");

        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> peer.await("nonsense"))
                .withMessageContaining("peer ended without the line: line=nonsense, times=1, ")
                .withMessageContaining("main=io.zeroipc.test.EchoPeer, pid=" + peer.pid() + ", state=")
                .withMessageContaining("\n  out| arguments=[x]\n  out| colour=null");
    }

    @Test
    void shouldTellWhatWasPrintedWhenPatienceEnds() throws Exception {
        PeerProcess peer = peers.start(echo().withPatience(Duration.ofSeconds(5)));
        peer.await("colour=null");

        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> peer.awaitLineWith("non", "sense"))
                .withMessageContaining("line did not come from the peer: parts=[non, sense], patience=PT5S, ")
                .withMessageContaining("state=running")
                .withMessageContaining("\n  out| colour=null");
    }

    @Test
    void shouldSayWhichCommandWhenTheProcessDoesNotStart() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> echo().startedBy("/nonexistent/command").start())
                .withMessageStartingWith("peer does not start: command=[/nonexistent/command, ");
    }

    @Test
    void shouldBeGoneWhenClosed() {
        PeerProcess peer = echo().start();
        long pid = peer.pid();

        peer.close();
        peer.close();

        assertThat(peer.isAlive()).isFalse();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> peer.send("anybody there?"))
                .withMessageStartingWith("peer does not read: line=anybody there?, peer: main=");
    }
}
