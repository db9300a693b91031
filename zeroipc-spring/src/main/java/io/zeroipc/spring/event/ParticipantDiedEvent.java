package io.zeroipc.spring.event;

import java.time.Instant;

/**
 * Another process that took part in a segment has died without closing it. Published once for each death that was noticed, by
 * whatever process, since this application opened the segment.
 */
public final class ParticipantDiedEvent extends SegmentEvent {

    private static final long serialVersionUID = 1L;

    private final long number;
    private final long pid;
    private final String name;
    private final Instant joined;
    private final Instant noticed;

    public ParticipantDiedEvent(Object source, String segment, long number, long pid, String name, Instant joined,
            Instant noticed) {
        super(source, segment);
        this.number = number;
        this.pid = pid;
        this.name = name;
        this.joined = joined;
        this.noticed = noticed;
    }

    /** The number of the death, counted from 1 for each file. */
    public long getNumber() {
        return number;
    }

    /** The number of the process, as it saw itself. */
    public long getPid() {
        return pid;
    }

    /** The name of its application; cut after 24 bytes. */
    public String getName() {
        return name;
    }

    /** When it had opened the segment. */
    public Instant getJoined() {
        return joined;
    }

    /** When the first of the others noticed. */
    public Instant getNoticed() {
        return noticed;
    }

    @Override
    public String toString() {
        return "ParticipantDiedEvent[segment=" + getSegment() + ", number=" + number + ", pid=" + pid + ", name="
                + name + ", joined=" + joined + ", noticed=" + noticed + "]";
    }
}
