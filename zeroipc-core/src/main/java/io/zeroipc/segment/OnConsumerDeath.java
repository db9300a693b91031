package io.zeroipc.segment;

import java.util.Arrays;
import java.util.Locale;

/** What becomes of an element that a consumer has taken, and has not finished with, when its process dies. */
public enum OnConsumerDeath {

    /** It is lost: each element is delivered at most once. */
    DROP,
    /**
     * The next consumer that looks, in whatever process that takes part in recovery, gets it before what is in the queue: each
     * element is delivered at least once, and again when its consumer died between finishing and saying so. Elements behind it
     * that others have taken meanwhile come before it; of those that one consumer gets from then on, it is the first. A
     * {@linkplain Source#committingIntake committing intake} is not finished with an element until that is committed; any other one has
     * finished with it when it was handed over.
     */
    REDELIVER;

    /**
     * As in configuration: {@code drop}, {@code redeliver}, in any case.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static OnConsumerDeath ofName(String name) {
        return Arrays.stream(values())
                .filter(each -> each.label().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no such policy for a consumer's death: on-consumer-death=" + name
                                + " (expected: drop or redeliver)"));
    }

    /** The name in configuration. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
