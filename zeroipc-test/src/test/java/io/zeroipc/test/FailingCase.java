package io.zeroipc.test;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Run by {@link PeerProcessesTest} alone. */
abstract class FailingCase {

    static PeerProcess last;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    void fail() throws InterruptedException {
        last = peers.start(PeerProcess.of(EchoPeer.class).withArguments("shown"));
        last.await("colour=null");
        throw new IllegalStateException("of something else");
    }

    static class InTheTest extends FailingCase {

        @Test
        void fails() throws Exception {
            fail();
        }
    }

    static class BeforeTheTest extends FailingCase {

        @BeforeEach
        void fails() throws Exception {
            fail();
        }

        @Test
        void isNotReached() {
            throw new AssertionError("reached");
        }
    }

    static class AfterTheTest extends FailingCase {

        @Test
        void passes() {
            // What follows it fails.
        }

        @AfterEach
        void fails() throws Exception {
            fail();
        }
    }
}
