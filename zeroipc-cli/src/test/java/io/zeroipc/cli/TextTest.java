package io.zeroipc.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What others wrote, as a terminal may show it. */
class TextTest extends CommandLineTest {

    @ParameterizedTest
    @CsvSource({"plain, plain", "'a\u001b[2Jb', a\\u001b[2Jb", "'a\nb\tc\rd', a\\nb\\tc\\rd", "'\u009b31m', \\u009b31m",
            "'a\u202eb', a\\u202eb", "'\u007f', \\u007f", "Größe, Größe", "日本, 日本", "'\ud800', \\ud800"})
    void shouldEscapeWhatATerminalWouldObey(String text, String expected) {
        assertThat(Text.printable(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"abc, 3", "Größe, 5", "日本, 4", "한글, 4", "ｱ, 1", "Ａ, 2", "🚀, 2", "'e\u0301', 1", "'', 0"})
    void shouldCountColumnsAsATerminalDoes(String text, int width) {
        assertThat(Text.width(text)).isEqualTo(width);
    }

    @Test
    void shouldAlignColumnsWhenNamesAreWide() {
        StringWriter output = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(output), new PrintWriter(output), false, false, () -> 0);
        Columns columns = new Columns("NAME", ">SIZE", "NOTE");
        columns.row("日本", 1, "x");
        columns.row("abc\n", 10, "y");
        columns.print(terminal);
        assertThat(output.toString().lines()).containsExactly("NAME   SIZE  NOTE", "日本      1  x", "abc\\n    10  y");
    }

    @Test
    void shouldEscapeNamesAndElementsWhereverTheyAreWritten() {
        assertThat(in("create", "seg", "a\u001b[2Jb:queue:string(16):4", "m:map:string(8):4:key=string(8)"))
                .as(() -> err)
                .isZero();
        String name = "a\u001b[2Jb";
        assertThat(in("push", "seg", name, "x\u001b]0;title\u0007\ny")).isZero();
        assertThat(in("put", "seg", "m", "k\u001b", "v\u009b")).isZero();
        for (String line : new String[] {"show", "show NAME", "show NAME --json", "monitor -n 1", "monitor NAME -n 1",
                "monitor NAME -n 1 --json", "show none", "entries m", "entries m --json", "manifest", "get NAME",
                "dump --structure NAME", "pop NAME"}) {
            String[] words = line.split(" ");
            String[] more = new String[words.length - 1];
            for (int i = 1; i < words.length; i++) {
                more[i - 1] = words[i].equals("NAME") ? name : words[i];
            }
            in(words[0], "seg", more);
            assertThat((out + err).replace("\n", "").chars()).as(line + ": " + out + err)
                    .isNotEmpty()
                    .noneMatch(Character::isISOControl);
        }
        assertThat(out).isEqualTo("x\\u001b]0;title\\u0007\\ny\n");
    }
}
