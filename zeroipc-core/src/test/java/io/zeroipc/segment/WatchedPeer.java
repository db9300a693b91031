package io.zeroipc.segment;

import java.nio.file.Path;

/** A process that takes part in the segment of its argument, and makes it if need be, until its input ends or it is killed. */
final class WatchedPeer {

    private WatchedPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment _ = Segment.at(Path.of(arguments[0])).size(1 << 16).participant("peer").openOrCreate()) {
            System.out.println("open");
            System.in.read();
        }
    }
}
