package io.zeroipc.spring.boot.diagnostics;

import java.util.List;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

import io.zeroipc.SegmentAccessDeniedException;
import io.zeroipc.SegmentExistsException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.spring.core.ArenaUnavailableException;

/**
 * Explains why a packed arena could not be opened or made, and which property to change. Asked before those that explain the
 * cause, which would take the arena for a segment.
 */
@Order(0)
class ArenaFailureAnalyzer extends AbstractFailureAnalyzer<ArenaUnavailableException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ArenaUnavailableException failure) {
        String property = "zeroipc.arenas." + failure.arena();
        String why = String
                .valueOf(failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage());
        String description = "Arena '" + failure.arena() + "' cannot be used: " + why + ".";
        return new FailureAnalysis(description, Ways.list("Do one of these:", switch (failure.getCause()) {
            case SegmentNotFoundException _ -> List.of("start the program that writes it;",
                    "correct '" + property + ".manifest', or '" + property
                            + ".file': a relative path starts at the directory"
                            + " that the application is started in;",
                    "set '" + property + ".mode' to 'open-or-create' and declare its arrays, to create it here;",
                    "set 'zeroipc.startup-failure-policy' to 'retry', to wait for it up to 'zeroipc.open-timeout', or to"
                            + " 'continue', to start without it.");
            case SegmentExistsException _ -> List.of(
                    "set '" + property + ".mode' to 'open-or-create', to use what is there;",
                    "remove the file, if nobody needs it, or set '" + property + ".file' to another.");
            case StructureMismatchException e -> List.of("correct '" + property + ".arrays." + e.structure()
                    + ".element-type' or its 'shape';",
                    "let the program that writes the manifest say what this one expects.");
            case StructureNotFoundException e -> List.of(
                    "correct the name of '" + property + ".arrays." + e.structure() + "';",
                    "let the program that writes the manifest add the array.");
            case SegmentAccessDeniedException _ -> List.of(
                    "run both programs as one user, or let the one that writes the files"
                            + " allow the other one;",
                    "set '" + property + ".mode' to 'read-only' where reading is enough and allowed.");
            case null, default -> List.of("correct the manifest " + failure.manifest()
                    + ": docs/format/manifest.md has a table of what is accepted;",
                    "set '" + property + ".file', where the manifest does not name the file of the arrays.");
        }), failure);
    }
}
