package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.RetryPolicy;

/**
 * What a listener does about failures: the part of {@link ListenerSettings} that is about attempts, dead letters, and
 * what comes last. Reads and changes the settings that it was made of; not thread-safe.
 */
public final class FailureSettings {

    public static final ListenerSetting<Boolean> RETRY_ENABLED = ListenerSetting.of("retry.enabled", Boolean.class);
    public static final ListenerSetting<Long> RETRY_MAX_RETRIES = ListenerSetting.of("retry.maxRetries", Long.class)
            .restrictedTo(value -> value >= 0, "0 or more");
    public static final ListenerSetting<Duration> RETRY_DELAY = ListenerSetting.of("retry.delay", Duration.class)
            .restrictedTo(value -> !value.isNegative(), "0s or more");
    public static final ListenerSetting<Double> RETRY_MULTIPLIER = ListenerSetting.of("retry.multiplier", Double.class)
            .restrictedTo(value -> value >= 1, "1 or more");
    public static final ListenerSetting<Duration> RETRY_MAX_DELAY = ListenerSetting
            .of("retry.maxDelay", Duration.class)
            .restrictedTo(value -> value.isPositive(), "1ms or more");
    public static final ListenerSetting<Duration> RETRY_JITTER = ListenerSetting.of("retry.jitter", Duration.class)
            .restrictedTo(value -> !value.isNegative(), "0s or more");
    public static final ListenerSetting<RetryPolicy> RETRY_POLICY = ListenerSetting.of("retry.policy",
            RetryPolicy.class);
    public static final ListenerSetting<FailureAction> FAILURE_ACTION = ListenerSetting.of("failureAction",
            FailureAction.class);
    public static final ListenerSetting<ChannelMessageRecoverer> RECOVERER = ListenerSetting.of("recoverer",
            ChannelMessageRecoverer.class);
    public static final ListenerSetting<String> DEAD_LETTER_CHANNEL = ListenerSetting.of("deadLetter.channel",
            String.class);
    public static final ListenerSetting<DeadLetterFullAction> DEAD_LETTER_FULL_ACTION = ListenerSetting
            .of("deadLetter.fullAction", DeadLetterFullAction.class);

    static final List<ListenerSetting<?>> ALL = List.of(RETRY_ENABLED, RETRY_MAX_RETRIES, RETRY_DELAY, RETRY_MULTIPLIER,
            RETRY_MAX_DELAY, RETRY_JITTER, RETRY_POLICY, FAILURE_ACTION, RECOVERER, DEAD_LETTER_CHANNEL,
            DEAD_LETTER_FULL_ACTION);

    private static final long MAX_RETRIES = 3;
    private static final Duration DELAY = Duration.ofMillis(100);
    private static final double MULTIPLIER = 1;
    private static final Duration MAX_DELAY = Duration.ofSeconds(5);

    private final ListenerSettings settings;

    FailureSettings(ListenerSettings settings) {
        this.settings = settings;
    }

    /**
     * When and how often a listener is called again with the same element. Null when it is not, as by default. A policy
     * that was set comes first; else there is one when retry is enabled: 3 retries, 100 ms after one another.
     */
    public @Nullable RetryPolicy getRetryPolicy() {
        RetryPolicy own = settings.find(RETRY_POLICY);
        if (own != null || !get(RETRY_ENABLED, false)) {
            return own;
        }
        Duration maxDelay = get(RETRY_MAX_DELAY, MAX_DELAY);
        Duration delay = get(RETRY_DELAY, DELAY);
        return RetryPolicy.builder()
                .maxRetries(get(RETRY_MAX_RETRIES, MAX_RETRIES))
                .delay(delay.compareTo(maxDelay) > 0 ? maxDelay : delay)
                .multiplier(get(RETRY_MULTIPLIER, MULTIPLIER))
                .maxDelay(maxDelay)
                .jitter(get(RETRY_JITTER, Duration.ZERO))
                .build();
    }

    /**
     * Takes the place of all the numbers. What another attempt cannot mend is never tried again, whatever the policy
     * says: an element that cannot be converted or is not valid.
     */
    public FailureSettings setRetryPolicy(RetryPolicy policy) {
        return set(RETRY_POLICY, policy);
    }

    /** Retries a number of times, after 100 ms each unless other settings say otherwise. */
    public FailureSettings setMaxRetries(long retries) {
        set(RETRY_ENABLED, true);
        return set(RETRY_MAX_RETRIES, retries);
    }

    /** What comes last; {@link FailureAction#DISCARD} by default. Without effect where there is a recoverer. */
    public FailureAction getFailureAction() {
        return get(FAILURE_ACTION, FailureAction.DISCARD);
    }

    public FailureSettings setFailureAction(FailureAction action) {
        return set(FAILURE_ACTION, action);
    }

    /** Decides what comes last; by default as the failure action says. */
    public ChannelMessageRecoverer getRecoverer() {
        return get(RECOVERER, ChannelMessageRecoverer.of(getFailureAction()));
    }

    public FailureSettings setRecoverer(ChannelMessageRecoverer recoverer) {
        return set(RECOVERER, recoverer);
    }

    /** Where dead letters go, {@code segment/structure}; null when nowhere. */
    public @Nullable String getDeadLetterChannel() {
        return settings.find(DEAD_LETTER_CHANNEL);
    }

    public FailureSettings setDeadLetterChannel(String channel) {
        return set(DEAD_LETTER_CHANNEL, channel);
    }

    /** What happens when that channel does not take one; {@link DeadLetterFullAction#DISCARD} by default. */
    public DeadLetterFullAction getDeadLetterFullAction() {
        return get(DEAD_LETTER_FULL_ACTION, DeadLetterFullAction.DISCARD);
    }

    public FailureSettings setDeadLetterFullAction(DeadLetterFullAction action) {
        return set(DEAD_LETTER_FULL_ACTION, action);
    }

    /** Whether nobody has said of this listener that it has dead letters: then it has none where it takes them itself. */
    public boolean isDeadLetteringByDefault() {
        return Stream.of(FAILURE_ACTION, RECOVERER, DEAD_LETTER_CHANNEL).allMatch(settings::isDefault);
    }

    /** Whether an element may become a dead letter. */
    boolean isDeadLettering() {
        return settings.find(RECOVERER) == null
                ? getFailureAction() == FailureAction.DEAD_LETTER
                : getDeadLetterChannel() != null;
    }

    private <V> V get(ListenerSetting<V> setting, V otherwise) {
        V value = settings.find(setting);
        return value == null ? otherwise : value;
    }

    private <V> FailureSettings set(ListenerSetting<V> setting, V value) {
        settings.set(setting, value);
        return this;
    }
}
