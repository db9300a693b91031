package io.zeroipc.sample.app;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.sample.Telemetry;
import io.zeroipc.segment.Source.Start;

/**
 * The highest processor load among the samples that have come since somebody asked last, whatever has become of the segment's
 * file meanwhile: a new file has a new ring, and its samples are all new. For one thread at a time.
 */
final class RecentPeak {

    private static final Logger log = LoggerFactory.getLogger("sample.telemetry");

    private final ObjectProvider<SharedRing<Telemetry>> history;
    private @Nullable SharedRing<Telemetry> ring;
    private @Nullable RingCursor<Telemetry> cursor;

    RecentPeak(ObjectProvider<SharedRing<Telemetry>> history) {
        this.history = history;
    }

    /** @param least what it is at least */
    double next(double least) {
        double peak = least;
        try {
            RingCursor<Telemetry> present = cursor();
            for (Telemetry sample = present.poll(); sample != null; sample = present.poll()) {
                peak = sample.cpu() > peak ? sample.cpu() : peak; // An unknown figure is greater than none.
            }
        } catch (BeansException | ZeroIpcException | IllegalStateException e) {
            // Somebody has removed the segment's file, or it is closed: the next call finds what is there then.
            log.debug("no history", e);
            cursor = null;
        }
        return peak;
    }

    @SuppressWarnings("ReferenceEquality") // the same ring, and not an equal one: there is one object for each file
    private RingCursor<Telemetry> cursor() {
        SharedRing<Telemetry> now = history.getObject();
        RingCursor<Telemetry> present = cursor;
        if (present == null || now != ring) {
            present = now.cursor(ring == null || now == ring ? Start.LATEST : Start.EARLIEST);
            cursor = present;
            ring = now;
        }
        return present;
    }
}
