package io.zeroipc.spring.listener;

import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Source;

/** A consumer's hold on a channel: what it takes elements from, until the segment is closed or replaced. */
record AttachedChannel(Source<?> source, Intake<?> intake, PayloadForm form, Commits commits) implements AutoCloseable {

    Attachment attachment() {
        return source.segment().attachment();
    }

    /** Elements that wait: for this consumer, or for whoever comes first where consumers compete. For any thread. */
    long lag() {
        long own = intake.lag();
        return own >= 0 ? own : source.occupancy().used();
    }

    /** Gives the consuming role back. Called by the consuming thread, or when there is none. */
    @Override
    public void close() {
        intake.close();
    }
}
