package io.zeroipc.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What others wrote, as a terminal may show it. */
class TextTest extends CommandLineTest {

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
    void shouldRefuseANewNameWhenATerminalWouldObeyIt() {
        assertThat(in("create", "seg", "a\nb:counter")).isEqualTo(2);
        assertThat(err).contains("name=a\\nb").contains("no other control character");
        assertThat(in("create", "se\tg", "a:counter")).isEqualTo(2);
        assertThat(err).contains("se\\tg").contains("control characters");
        assertThat(run("create", "se\tg", "--dir", directory.toString(), "a:counter")).isEqualTo(2);
        assertThat(err).contains("name=se\\tg").contains("control characters");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldEscapeNamesAndElementsWhereverTheyAreWritten() throws IOException {
        assertThat(in("create", "seg", "a1234567b:queue:string(16):4", "m:map:string(8):4:key=string(8)"))
                .as(() -> err)
                .isZero();
        String name = "a\u001b[2Jb";
        // As another program may call it.
        try (FileChannel file = FileChannel.open(directory.resolve("seg"), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 32)), 32);
        }
        assertThat(in("push", "seg", name, "--as", "queue", "--type", "string(16)", "x\u001b]0;title\u0007\ny"))
                .isZero();
        assertThat(in("put", "seg", "m", "k\u001b", "v\u009b")).isZero();
        for (String line : new String[] {"show", "show NAME", "show NAME --json", "monitor -n 1", "monitor NAME -n 1",
                "monitor NAME -n 1 --json", "show none", "entries m", "entries m --json", "manifest", "get NAME",
                "export -l c", "export -l python",
                "dump --structure NAME", "pop NAME",
                "pop NAME --as queue --type string(16)"}) {
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
