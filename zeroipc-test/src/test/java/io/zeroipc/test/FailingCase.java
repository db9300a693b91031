package io.zeroipc.test;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Run by {@link PeerProcessesTest} alone. */
class FailingCase {

    static PeerProcess last;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @Test
    void fails() throws Exception {
        last = peers.start(PeerProcess.of(EchoPeer.class).withArguments("shown"));
        last.await("colour=null");
        throw new IllegalStateException("of something else");
    }
}
