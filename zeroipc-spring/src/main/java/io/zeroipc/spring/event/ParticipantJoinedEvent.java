package io.zeroipc.spring.event;

import java.time.Instant;

/**
 * Another process takes part in a segment: it has opened it, or was there when this application did. One that comes and goes
 * between two looks is not told.
 */
public final class ParticipantJoinedEvent extends SegmentEvent {

    private static final long serialVersionUID = 1L;

    private final long pid;
    private final String name;
    private final Instant joined;

    public ParticipantJoinedEvent(Object source, String segment, long pid, String name, Instant joined) {
        super(source, segment);
        this.pid = pid;
        this.name = name;
        this.joined = joined;
    }

    /** The number of the process, as it sees itself. */
    public long getPid() {
        return pid;
    }

    /** The name of its application; cut after 24 bytes. */
    public String getName() {
        return name;
    }

    /** When it opened the segment. */
    public Instant getJoined() {
        return joined;
    }

    @Override
    public String toString() {
        return "ParticipantJoinedEvent[segment=" + getSegment() + ", pid=" + pid + ", name=" + name + ", joined="
                + joined + "]";
    }
}
