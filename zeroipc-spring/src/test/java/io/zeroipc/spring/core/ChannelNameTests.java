package io.zeroipc.spring.core;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ChannelNameTests {

    @Test
    void parseWhenLongSplitsAtTheFirstSlash() {
        assertThat(ChannelName.parse("market/trades/eu")).isEqualTo(new ChannelName("market", "trades/eu"))
                .hasToString("market/trades/eu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trades", "/trades", "market/", "/", ""})
    void parseWhenIncompleteSaysWhatIsExpected(String text) {
        assertThatThrownBy(() -> ChannelName.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("channel name is incomplete: channel=" + text + " (expected: segment/structure)");
    }

    @Test
    void createWhenSegmentHasASlashIsRefused() {
        assertThatThrownBy(() -> new ChannelName("a/b", "c")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SegmentDefinition.named("a/b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void compareOrdersBySegmentThenStructure() {
        assertThat(new ChannelName("a", "z")).isLessThan(new ChannelName("b", "a"));
        assertThat(new ChannelName("a", "a")).isLessThan(new ChannelName("a", "b"));
    }
}
