package io.zeroipc.spring.event;

import java.time.Instant;

/** Another process that took part in a segment has closed it, in an orderly way. */
public final class ParticipantLeftEvent extends SegmentEvent {

    private static final long serialVersionUID = 1L;

    private final long pid;
    private final String name;
    private final Instant joined;

    public ParticipantLeftEvent(Object source, String segment, long pid, String name, Instant joined) {
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
        return "ParticipantLeftEvent[segment=" + getSegment() + ", pid=" + pid + ", name=" + name + ", joined="
                + joined + "]";
    }
}
