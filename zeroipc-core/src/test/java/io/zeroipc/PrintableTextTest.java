package io.zeroipc;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PrintableTextTest {

    @ParameterizedTest
    @CsvSource({"plain, plain", "'a\u001b[2Jb', a\\u001b[2Jb", "'a\nb\tc\rd', a\\nb\\tc\\rd", "'\u009b31m', \\u009b31m",
            "'a\u202eb', a\\u202eb", "'\u007f', \\u007f", "Größe, Größe", "日本, 日本", "'\ud800', \\ud800"})
    void shouldEscapeWhatATerminalWouldObeyWhenATextIsShown(String text, String expected) {
        assertThat(PrintableText.of(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "Größe", "日本", "a b", "a\u202eb", "می\u200cخواهم", "\ud83d\ude00"})
    void shouldBeANameWhenItIsText(String text) {
        assertThat(PrintableText.isName(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\t", "a\0", "\u001b[2J", "\u007f", "\u0085", "a\u2028b", "a\u2029b", "\ud800",
            "\udc00a"})
    void shouldBeNoNameWhenItIsNotOneLineOfText(String text) {
        assertThat(PrintableText.isName(text)).isFalse();
        assertThatExceptionOfType(InvalidStructureNameException.class)
                .isThrownBy(() -> StructureKind.of("queue").requireNewName(text))
                .withMessageContaining("name=" + PrintableText.of(text))
                .withMessageContaining("no other control character");
    }
}
