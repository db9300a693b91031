package io.zeroipc.interop;

import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.segment.Segment;

/** What tests need that run Java beside a peer, on a segment that either of them has made. */
abstract class BesidePeer {

    @RegisterExtension
    final Workbench bench = new Workbench();

    Peer peer;
    Segment segment;

    /** A segment that one side has made, and both have open. */
    void begin(Language language, boolean javaCreates) throws InterruptedException {
        if (javaCreates) {
            segment = bench.create();
            peer = bench.attach(language);
        } else {
            peer = bench.creator(language);
            segment = bench.open();
        }
    }

    /** As {@link #begin(Language, boolean)}, and in it what this command creates, if it was the peer that made the segment. */
    void begin(Language language, boolean javaCreates, String command, Object... arguments)
            throws InterruptedException {
        begin(language, javaCreates);
        if (!javaCreates) {
            peer.ask(command, arguments);
        }
    }
}
