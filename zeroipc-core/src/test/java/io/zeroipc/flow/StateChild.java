package io.zeroipc.flow;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Checked;

/** A process that sets a state as fast as it can until it is killed. Arguments: path, state. */
final class StateChild {

    private StateChild() {
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
            SharedState<Checked> state = SharedState.open(segment, arguments[1], Checked.CODEC);
            StateWriter<Checked> writer = state.writer();
            Thread.ofPlatform().daemon().start(() -> {
                while (true) {
                    writer.set(Checked.of(writer.version() + 1), writer.version() + 1);
                }
            });
            System.out.println("ready");
            // Ends with the parent, should that forget this child.
            input.transferTo(Writer.nullWriter());
            Runtime.getRuntime().halt(0);
        }
    }
}
