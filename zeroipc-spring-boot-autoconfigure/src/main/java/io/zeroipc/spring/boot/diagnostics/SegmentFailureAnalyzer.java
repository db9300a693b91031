package io.zeroipc.spring.boot.diagnostics;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

import io.zeroipc.SegmentAccessDeniedException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentExistsException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentFullException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.SegmentPagesException;
import io.zeroipc.SegmentSizeMismatchException;
import io.zeroipc.SegmentSpaceException;
import io.zeroipc.ZeroIpcException;

/** Explains why a segment could not be opened or created, and which property to change. */
class SegmentFailureAnalyzer extends AbstractFailureAnalyzer<ZeroIpcException> {

    private final Configured configured;

    SegmentFailureAnalyzer(@Nullable Environment environment) {
        this.configured = new Configured(environment);
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ZeroIpcException cause) {
        return switch (cause) {
            case SegmentNotFoundException e -> notFound(e);
            case SegmentExistsException e -> exists(e);
            case SegmentSizeMismatchException e -> size(e);
            case SegmentFormatException e -> format(e);
            case SegmentAccessDeniedException e -> access(e);
            case SegmentSpaceException e -> space(e);
            case SegmentPagesException e -> pages(e);
            case SegmentFullException e -> full(e);
            case SegmentDetachedException e -> detached(e);
            default -> null;
        };
    }

    private FailureAnalysis notFound(SegmentNotFoundException e) {
        String property = configured.segment(e.path());
        return analysis(e, "There is no " + configured.describe(e.path()) + ", and it is not to be created here"
                + configured.waited()
                        .map(time -> ", nor did it come in the " + time + " of 'zeroipc.open-timeout'")
                        .orElse("")
                + ".",
                "Do one of these:", List.of("start the process that creates it;",
                        "set '" + property + ".mode' to 'open-or-create', to create it here;",
                        configured.waited().isPresent()
                                ? "set 'zeroipc.open-timeout' to a longer time, such as 30s: without a unit it is"
                                        + " milliseconds; or 'zeroipc.startup-failure-policy' to 'continue', to start"
                                        + " without it."
                                : "set 'zeroipc.startup-failure-policy' to 'retry', to wait for it up to"
                                        + " 'zeroipc.open-timeout', or to 'continue', to start without it."));
    }

    private FailureAnalysis exists(SegmentExistsException e) {
        String property = configured.segment(e.path());
        return analysis(e, "There is a " + configured.describe(e.path()) + " already, and it was to be created.",
                "Do one of these:", List.of("set '" + property + ".mode' to 'open-or-create', to use it;",
                        "set '" + property
                                + ".mode' to 'recreate', to replace it: other processes keep the old one until"
                                + " they open it again;",
                        "set '" + property + ".name' to another name."));
    }

    private FailureAnalysis size(SegmentSizeMismatchException e) {
        String property = configured.segment(e.path());
        return analysis(e, sentence(configured.describe(e.path())) + " has " + e.actualBytes() + " bytes, and "
                + e.expectedBytes() + " are configured.", "Do one of these:",
                List.of("set '" + property + ".size' to '" + e.actualBytes() + "B', or remove it;",
                        "set '" + property + ".strict-size' to 'false', to take any size;",
                        "set '" + property + ".mode' to 'recreate', to replace the segment by one of the configured"
                                + " size."));
    }

    private FailureAnalysis format(SegmentFormatException e) {
        String property = configured.segment(e.path());
        return analysis(e, "The file at " + e.path() + " is not a segment that this version of ZeroIPC can use: "
                + e.getMessage() + ".",
                "Check that '" + property + ".name' or '" + property
                        + ".path' is the file you mean: it may be a foreign"
                        + " file, or one of an older format. If it is, do one of these:",
                List.of("choose another name;", "set '" + property
                        + ".mode' to 'recreate', to replace the file, if no process needs what is in it."));
    }

    private FailureAnalysis access(SegmentAccessDeniedException e) {
        String property = configured.segment(e.path());
        return analysis(e, sentence(configured.describe(e.path())) + " may not be used: " + e.getMessage() + ".",
                "Do one of these:", List.of("run both processes as one user; containers need the same user id and a"
                        + " shared volume;",
                        "let the process that creates it allow the other one, with '" + property
                                + ".permissions' such as 'rw-rw----' and a common group, and here with '" + property
                                + ".owner' set to 'any';",
                        "set '" + property + ".mode' to 'read-only' where reading is enough and allowed."));
    }

    private FailureAnalysis space(SegmentSpaceException e) {
        String property = configured.segment(e.path());
        String parts = configured.describeSizes(e.path())
                .map(sizes -> " What it needs, in bytes: " + sizes + ".")
                .orElse("");
        String least = configured.requiredSize(e.path())
                .map(bytes -> ", at least '" + bytes + "B'")
                .orElse("");
        return analysis(e, "There is no room for " + configured.describe(e.path()) + ": it is to have "
                + e.requiredBytes() + " bytes, and " + e.availableBytes() + " are available." + parts
                + " Nothing was created.", "Do one of these:",
                List.of("make room in " + e.path().getParent() + ", or make structures smaller;",
                        "set '" + property + ".size' to a smaller size" + least + ";",
                        "give the container more shared memory: Docker's /dev/shm has 64 MB, unless '--shm-size' or"
                                + " 'shm_size' says otherwise; in Kubernetes mount a volume of medium Memory there;",
                        "set 'zeroipc.base-directory' to a directory on a larger file system."));
    }

    private FailureAnalysis pages(SegmentPagesException e) {
        String property = configured.segment(e.path());
        return analysis(e, sentence(configured.describe(e.path())) + " does not get the pages that are asked for: "
                + e.getMessage() + ".", "Do one of these:",
                List.of("set '" + property + ".huge-pages' to 'try', to start without huge pages;",
                        "mount the file system of the segment with huge=advise or huge=always, or set '" + property
                                + ".path' to a file in one that is;",
                        "set '" + property + ".numa-node' to a node there is, or remove it."));
    }

    private FailureAnalysis full(SegmentFullException e) {
        String property = configured.segment(e.segment());
        boolean entries = e.freeEntries() < e.requiredEntries();
        String description = "Structure '" + e.structure() + "' has no room in segment '" + e.segment() + "': it needs "
                + (entries
                        ? e.requiredEntries() + " entries of the table, and " + e.freeEntries() + " are free."
                        : e.requiredBytes() + " bytes, and " + e.freeBytes() + " are free.");
        String setting = entries
                ? "'" + property + ".max-entries' to a larger number"
                : "'" + property + ".size' to at least '" + e.minimumSegmentBytes() + "B'";
        return analysis(e, description, "The size of a segment does not change. Do one of these:",
                List.of("set " + setting + ", and '" + property
                        + ".mode' to 'recreate' for one start, if no process needs what is in it;",
                        "put the structure into another segment, or make it smaller."));
    }

    private FailureAnalysis detached(SegmentDetachedException e) {
        String property = configured.segment(e.path());
        return analysis(e, sentence(configured.describe(e.path()))
                + " was replaced, removed or truncated by another process: " + e.getMessage() + ".",
                "Do one of these:", List.of("start this application again;", "set '" + property
                        + ".on-replaced' to 'reattach', to go on with the new file."));
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static FailureAnalysis analysis(ZeroIpcException cause, String description, String action,
            List<String> ways) {
        return new FailureAnalysis(description, Ways.list(action, ways), cause);
    }
}
