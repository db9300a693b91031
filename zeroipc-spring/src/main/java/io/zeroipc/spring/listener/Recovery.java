package io.zeroipc.spring.listener;

import java.util.Collections;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.FailureLog;
import io.zeroipc.spring.core.UserCode;

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

    Recovery(ChannelMessageRecoverer recoverer, @Nullable DeadLetters deadLetters, ChannelStatistics statistics,
            ConsumerGroup group) {
        this.recoverer = recoverer;
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

    private FailureAction decide(ListenerExecutionFailedException failure) {
        return UserCode.call(() -> Objects.requireNonNull(recoverer.recover(failure), "it decided nothing"), e -> {
            recoveryLog.failed("recoverer failed: listener=" + failure.listenerId() + ", channel=" + failure.channel()
                    + ", recoverer=" + recoverer.getClass().getName() + ", error=" + UserCode.describe(e), "discarded",
                    e);
            return FailureAction.DISCARD;
        });
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
            // Encoding is code of the application, too.
            Throwable thrown = UserCode.run(() -> letters.send(failure, element, size == 1, group));
            if (thrown == null) {
                statistics.deadLetter(1);
                sent++;
            } else if (letters.fullAction() == DeadLetterFullAction.STOP) {
                failure.addSuppressed(thrown);
                return stop(failure, size - sent, keeping);
            } else if (keeping && group.isStopping() && DeadLetters.isTemporary(thrown)) {
                return false;
            } else {
                notSent(failure, thrown);
            }
        }
        statistics.discard(size - sent);
        if (sent == size) {
            log.failed(String.valueOf(failure.getMessage()), "sent to " + letters.target(), failure.getCause());
        }
        return true;
    }

    private void notSent(ListenerExecutionFailedException failure, Throwable reason) {
        recoveryLog.failed(failure.getMessage() + ", no dead letter: " + UserCode.messageOf(reason), "discarded",
                reason);
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
