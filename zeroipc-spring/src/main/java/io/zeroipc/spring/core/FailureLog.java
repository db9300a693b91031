package io.zeroipc.spring.core;

import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.annotation.Internal;

/**
 * Writes about failures of one listener or template without filling the disk: the first one in full, and from then on a line every
 * few seconds that says how many more there were. Thread-safe.
 */
@Internal
public final class FailureLog {

    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** After so long without a failure the next one is the first again. */
    static final long CALM_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** Some exceptions tell half of what they know: the stack trace of the first one has it all. */
    static final int MESSAGE_MAX = 500;

    private static final Log LOG = LogFactory.getLog(FailureLog.class);

    private boolean quiet;
    private long lastLineAtNanos;
    private long lastFailureAtNanos;
    private long unmentioned;

    /**
     * Tells of a failure, now or later.
     *
     * @param outcome what became of the element: the end of a sentence
     * @param trace what is shown with its stack when it is the first; null for none
     */
    public void failed(String message, String outcome, @Nullable Throwable trace) {
        String text = message.length() > MESSAGE_MAX ? message.substring(0, MESSAGE_MAX) + " [cut]" : message;
        failed(text, outcome, trace, System.nanoTime());
    }

    synchronized void failed(String message, String outcome, @Nullable Throwable trace, long now) {
        boolean first = !quiet || now - lastFailureAtNanos >= CALM_NANOS;
        lastFailureAtNanos = now;
        if (first) {
            quiet = true;
            unmentioned = 0;
            lastLineAtNanos = now;
            UserCode.logFault(LOG, message + "; " + outcome, trace);
            return;
        }
        unmentioned++;
        if (now - lastLineAtNanos >= INTERVAL_NANOS) {
            lastLineAtNanos = now;
            LOG.error(unmentioned + " more failures of this kind, the last one: " + message + "; " + outcome);
            unmentioned = 0;
        }
    }
}
