package io.zeroipc.spring.event;

import org.springframework.context.ApplicationEvent;

/**
 * A packed arena has a new manifest, or a new file: arrays that were asked for before may not be where they were. The source is
 * the registry of arenas. Published by the thread that watches manifests, after the arena has changed.
 */
public final class ArenaChangedEvent extends ApplicationEvent {

    private static final long serialVersionUID = 1L;

    private final String arena;

    public ArenaChangedEvent(Object source, String arena) {
        super(source);
        this.arena = arena;
    }

    /** The arena's name in this application. */
    public String getArena() {
        return arena;
    }
}
