package io.zeroipc.spring.event;

import org.springframework.context.ApplicationEvent;

/**
 * Something happened among the processes that have a segment open and take part in recovery. The source is the registry of
 * segments. Published by the thread that looks after the segments, which does so every half second: after the fact, and in
 * the order in which it was seen.
 */
public abstract sealed class SegmentEvent extends ApplicationEvent
        permits ParticipantJoinedEvent, ParticipantLeftEvent, ParticipantDiedEvent, SegmentRecoveredEvent {

    private static final long serialVersionUID = 1L;

    private final String segment;

    SegmentEvent(Object source, String segment) {
        super(source);
        this.segment = segment;
    }

    /** The segment's name in this application. */
    public String getSegment() {
        return segment;
    }
}
