package io.zeroipc.spring.listener;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Source;

/**
 * A consumer's hold on a channel: what it takes elements from, until the segment is closed or replaced.
 *
 * @param codec decodes values where their bytes are to be kept when that fails; null to leave it to the structure
 */
record AttachedChannel(Source<?> source, Intake<?> intake, PayloadForm form, Commits commits, @Nullable Codec<?> codec)
        implements
        AutoCloseable {

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
