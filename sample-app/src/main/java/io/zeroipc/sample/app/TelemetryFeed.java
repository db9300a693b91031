package io.zeroipc.sample.app;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.flow.SharedState;
import io.zeroipc.sample.Telemetry;

/**
 * The newest sample, and whether there are still new ones. Structures are asked for by {@code ObjectProvider} wherever
 * the application is to go on when somebody replaces the segment's file.
 */
@Component
public class TelemetryFeed {

    private static final Logger log = LoggerFactory.getLogger("sample.telemetry");

    private final ObjectProvider<SharedState<Telemetry>> newest;
    private final Freshness freshness;
    private @Nullable Telemetry sample;
    private long version;
    private boolean wasFresh;
    private boolean saidStale;
    private @Nullable String problem;

    /**
     * @param sample the newest; null before the first
     * @param version counts the samples since the segment was created
     * @param stale whether nobody publishes
     * @param age time since this application saw it come
     */
    public record Latest(@Nullable Telemetry sample, long version, boolean stale, Duration age) {

        /** Number of the newest sample; 0 before the first. */
        public long number() {
            return sample == null ? 0 : sample.number();
        }
    }

    TelemetryFeed(ObjectProvider<SharedState<Telemetry>> newest, SampleProperties properties) {
        this.newest = newest;
        this.freshness = new Freshness(properties.staleAfter(), System::nanoTime);
    }

    @Scheduled(fixedRate = 100)
    synchronized void look() {
        Duration age = latest().age();
        read();
        Latest now = latest();
        if (now.stale() && wasFresh) {
            log.warn("the figures are stale: no new sample for {} ms, the newest is number {}", age.toMillis(),
                    now.number());
            saidStale = true;
        } else if (!now.stale() && saidStale) {
            log.info("the figures are fresh again: sample number {} has come after {} ms", now.number(),
                    age.toMillis());
            saidStale = false;
        }
        wasFresh = !now.stale();
    }

    /** What {@link #look} has seen, and how old it is by now. */
    public synchronized Latest latest() {
        return new Latest(sample, version, freshness.isStale(), freshness.age());
    }

    boolean isStale() {
        return latest().stale();
    }

    private void read() {
        try {
            SharedState.@Nullable Snapshot<Telemetry> snapshot = newest.getObject().snapshot();
            sample = snapshot == null ? null : snapshot.value();
            version = snapshot == null ? 0 : snapshot.version();
            freshness.observe(version);
            problem = null;
        } catch (BeansException | ZeroIpcException e) {
            // Somebody has removed the segment's file; the publisher notices as well, and makes a new one.
            String reason = String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
            if (!reason.equals(problem)) {
                problem = reason;
                log.warn("the newest sample cannot be read: {}", reason);
            }
        }
    }
}
