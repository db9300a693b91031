package io.zeroipc.sample.publisher;

import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class OptionsTest {

    @Test
    void parseWhenStartedByHandUsesDefaults() {
        assertThat(Options.parse("--publisher"))
                .isEqualTo(new Options("zeroipc-telemetry", OptionalLong.empty(), 0.9, 0.9));
    }

    @Test
    void parseWhenOptionsAreGivenReadsThem() {
        assertThat(Options.parse("--publisher", "--parent=17", "--segment=/tmp/x", "--cpu-limit=0.2",
                "--memory-limit=2")).isEqualTo(new Options("/tmp/x", OptionalLong.of(17), 0.2, 2));
    }

    @Test
    void parseWhenAnOptionIsUnknownNamesItAndTheKnownOnes() {
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("--publisher", "--cpu=1"))
                .withMessageContainingAll("unknown option: --cpu=1", "--cpu-limit=<0..1>");
        assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("--cpu-limit=high"))
                .withMessageStartingWith("not a number: --cpu-limit=high");
    }
}
