package io.zeroipc.sample.app;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SamplePropertiesTest {

    private static SampleProperties properties(Duration staleAfter, Duration delay, Duration longest) {
        return new SampleProperties(staleAfter, true, new SampleProperties.Publisher(true, List.of(), delay, longest));
    }

    @Test
    void propertiesWhenTimesArePositiveAreTaken() {
        Duration millisecond = Duration.ofMillis(1);
        assertThat(properties(millisecond, millisecond, millisecond).staleAfter()).isEqualTo(millisecond);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT1S, PT1S, sample.stale-after=PT0S", "PT1S, PT-1S, PT1S, sample.publisher.restart-delay=PT-1S",
            "PT1S, PT1S, PT0S, sample.publisher.restart-delay-max=PT0S"})
    void propertiesWhenATimeIsNotPositiveAreRefused(Duration staleAfter, Duration delay, Duration longest,
            String expected) {
        assertThatIllegalArgumentException().isThrownBy(() -> properties(staleAfter, delay, longest))
                .withMessageContaining(expected);
    }
}
