package io.zeroipc.flow;

import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;

/**
 * A process at the other end of a channel: {@code echo <path>} sends back through "answers" what it receives from
 * "questions", until that is closed; {@code receive <path>} waits at "questions".
 */
final class ChannelPeer {

    private ChannelPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Segment.at(Path.of(arguments[1])).open()) {
            SharedChannel<Long> questions = SharedChannel.open(segment, "questions", Codecs.int64());
            if (arguments[0].equals("receive")) {
                // Takes the role and is counted, before anybody can be told.
                questions.intake(Start.EARLIEST).poll();
                System.out.println("waiting");
                System.in.read();
                return;
            }
            SharedChannel<Long> answers = SharedChannel.open(segment, "answers", Codecs.int64());
            for (Long each = questions.receive(); each != null; each = questions.receive()) {
                answers.send(-each);
            }
            answers.close();
        }
    }
}
