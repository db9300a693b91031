package io.zeroipc.sample.app;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTest {

    private static final Duration SHORT_RUN = Duration.ofMillis(9_999);
    private static final Duration LONG_RUN = Duration.ofSeconds(10);

    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5));

    @Test
    void delayDoublesUpToTheLongestWhileRunsAreShort() {
        assertThat(backoff.after(SHORT_RUN)).hasSeconds(1);
        assertThat(backoff.after(SHORT_RUN)).hasSeconds(2);
        assertThat(backoff.after(SHORT_RUN)).hasSeconds(4);
        assertThat(backoff.after(SHORT_RUN)).hasSeconds(5);
        assertThat(backoff.after(SHORT_RUN)).hasSeconds(5);
    }

    @Test
    void delayStartsAgainAfterALongRun() {
        backoff.after(SHORT_RUN);
        backoff.after(SHORT_RUN);

        assertThat(backoff.after(LONG_RUN)).hasSeconds(1);
        assertThat(backoff.after(SHORT_RUN)).hasSeconds(2);
    }
}
