package io.zeroipc.spring.core;

import java.nio.file.Path;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.ZeroIpcException;

/** A packed arena that the application declares cannot be used; the cause says why. */
public final class ArenaUnavailableException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String arena;
    private final transient Path manifest;

    ArenaUnavailableException(String arena, Path manifest, ZeroIpcException cause) {
        super("arena cannot be used: arena=" + arena + ", " + cause.getMessage(), cause);
        this.arena = arena;
        this.manifest = manifest;
    }

    /** Its name in this application. */
    public String arena() {
        return arena;
    }

    public Path manifest() {
        return manifest;
    }

    /** Whether its manifest or its file is not there, and may come. */
    public boolean isAbsent() {
        return getCause() instanceof SegmentNotFoundException;
    }
}
