package io.zeroipc.segment;

import java.nio.file.Path;

/** A process that creates or opens one segment and says how that ended. Arguments: verb, path, size or owner rule. */
final class SegmentCommand {

    private SegmentCommand() {
    }

    public static void main(String[] arguments) {
        SegmentBuilder builder = Segment.at(Path.of(arguments[1]));
        try (Segment segment = switch (arguments[0]) {
            case "create" -> builder.size(Long.parseLong(arguments[2])).create();
            case "recreate" -> builder.size(Long.parseLong(arguments[2])).recreate();
            case "openOrCreate" -> builder.size(Long.parseLong(arguments[2])).openOrCreate();
            case "readThenOpen" -> readThenOpen(builder);
            case "open" -> builder.owner(OwnerRule.valueOf(arguments[2])).open();
            case "read" -> builder.owner(OwnerRule.valueOf(arguments[2])).openReadOnly();
            default -> throw new IllegalArgumentException(arguments[0]);
        }) {
            System.out.println("ok " + segment.name());
        } catch (RuntimeException e) {
            System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    /** In one process: the second one finds the descriptor of the first one. */
    private static Segment readThenOpen(SegmentBuilder builder) {
        try (Segment reading = builder.openReadOnly()) {
            reading.verify();
            return builder.open();
        }
    }
}
