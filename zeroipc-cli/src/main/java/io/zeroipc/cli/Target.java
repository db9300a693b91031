package io.zeroipc.cli;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.segment.OwnerRule;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;

/** Which segment a command is about. */
final class Target {

    @Parameters(index = "0", paramLabel = "SEGMENT", description = "Name in the directory, or path of a file.")
    private String segment;

    @Option(names = "--dir", paramLabel = "DIR", description = "Directory of names; /dev/shm by default.")
    private @Nullable Path directory;

    @Option(names = "--any-owner", description = "Also change segments of other users.")
    private boolean anyOwner;

    String name() {
        return segment;
    }

    /** For looking: whoever may read the file may look at it. */
    Segment openReadOnly() {
        return builder().owner(OwnerRule.ANY).openReadOnly();
    }

    Segment open() {
        return builder().open();
    }

    SegmentBuilder builder() {
        SegmentBuilder builder = builder(segment, directory);
        return anyOwner ? builder.owner(OwnerRule.ANY) : builder;
    }

    /** That of a segment, as it stands on the command line. */
    static SegmentBuilder builder(String segment, @Nullable Path directory) {
        boolean path = isPath(segment);
        SegmentBuilder builder = path ? Segment.at(Path.of(segment)) : Segment.named(segment);
        if (directory != null) {
            if (path) {
                throw new UsageException("segment is a path and has no directory: segment=" + segment + ", dir="
                        + directory + " (expected: one of them)");
            }
            builder.baseDirectory(directory);
        }
        return builder;
    }

    /** A POSIX name has no slash but the first. */
    private static boolean isPath(String segment) {
        return segment.indexOf('/', 1) > 0 || segment.equals(".") || segment.equals("..");
    }
}
