package io.zeroipc.spring.listener;

import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The end of an element that a listener could not process: discarded, sent on as a dead letter, or the end of the
 * listener too. Nothing that goes wrong here reaches the consumer: the element counts as discarded then. Thread-safe, one
 * for each channel of a container.
 */
final class Recovery {

    private final ChannelMessageRecoverer recoverer;
    private final @Nullable DeadLetters deadLetters;
    private final ChannelStatistics statistics;
    private final ConsumerGroup group;
    private final FailureLog log = new FailureLog();
    private final FailureLog recoveryLog = new FailureLog();

    Recovery(ListenerSettings settings, @Nullable DeadLetters deadLetters, ChannelStatistics statistics,
            ConsumerGroup group) {
        this.recoverer = settings.failures().getRecoverer();
        this.deadLetters = deadLetters;
        this.statistics = statistics;
        this.group = group;
    }

    /**
     * Does what comes last.
     *
     * @param keeping whether elements can be left in their structure, for the next start
     * @return false when they are to be left there
     */
    boolean recover(ListenerExecutionFailedException failure, int size, boolean keeping) {
        return switch (decide(failure)) {
            case DISCARD -> discard(failure, size);
            case DEAD_LETTER -> deadLetter(failure, size, keeping);
            case STOP -> stop(failure, size, keeping);
        };
    }

    @SuppressWarnings("InterruptedExceptionSwallowed") // the status is restored for the consumer, which looks at it
    private FailureAction decide(ListenerExecutionFailedException failure) {
        try {
            return recoverer.recover(failure);
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            recoveryLog.failed("recoverer failed: listener=" + failure.listenerId() + ", channel=" + failure.channel()
                    + ", recoverer=" + recoverer.getClass().getName() + ", error=" + e, "discarded", e);
            return FailureAction.DISCARD;
        }
    }

    private boolean discard(ListenerExecutionFailedException failure, int size) {
        statistics.discard(size);
        log.failed(String.valueOf(failure.getMessage()), "discarded", failure.getCause());
        return true;
    }

    private boolean stop(ListenerExecutionFailedException failure, int lost, boolean keeping) {
        if (!keeping) {
            statistics.discard(lost);
        }
        // Logged by the container, as the reason for its end.
        group.failed(failure);
        return !keeping;
    }

    private boolean deadLetter(ListenerExecutionFailedException failure, int size, boolean keeping) {
        DeadLetters letters = deadLetters;
        if (letters == null) {
            notSent(failure, new IllegalStateException("listener has no channel for its dead letters (expected:"
                    + " zeroipc.listener.dead-letter.channel)"));
            statistics.discard(size);
            return true;
        }
        int sent = 0;
        for (Object element : elements(failure)) {
            try {
                letters.send(failure, element, size == 1, group);
                statistics.deadLetter(1);
                sent++;
            } catch (Throwable e) {
                if (letters.fullAction() == DeadLetterFullAction.STOP) {
                    failure.addSuppressed(e);
                    return stop(failure, size - sent, keeping);
                }
                if (keeping && group.isStopping() && DeadLetters.isTemporary(e)) {
                    return false;
                }
                notSent(failure, e);
            }
        }
        statistics.discard(size - sent);
        if (sent == size) {
            log.failed(String.valueOf(failure.getMessage()), "sent to " + letters.target(), failure.getCause());
        }
        return true;
    }

    private void notSent(ListenerExecutionFailedException failure, Throwable reason) {
        recoveryLog.failed(failure.getMessage() + ", no dead letter: " + reason.getMessage(), "discarded", reason);
    }

    /** One, a batch of them, or a null for one that could not be read. */
    private static List<? extends @Nullable Object> elements(ListenerExecutionFailedException failure) {
        ElementMessage message = failure.elementMessage();
        if (message == null) {
            return Collections.singletonList(null);
        }
        Object element = message.element();
        return element instanceof List<?> batch ? batch : List.of(element);
    }
}
