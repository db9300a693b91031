package io.zeroipc.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;

/** Runs commands as they are typed, and keeps what the last one wrote. */
abstract class CommandLineTest {

    @TempDir
    Path directory;

    String out;
    String err;

    int run(String... arguments) {
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        int code = ZeroIpc.run(
                new Terminal(new PrintWriter(output), new PrintWriter(errors), false, false, () -> 0), arguments);
        out = output.toString();
        err = errors.toString();
        return code;
    }

    /** As {@link #run}, in the test's directory. */
    int in(String command, String segment, String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = command;
        arguments[1] = directory.resolve(segment).toString();
        System.arraycopy(more, 0, arguments, 2, more.length);
        return run(arguments);
    }

    /** As {@link #in}, the words of one line. */
    int words(String segment, String line) {
        String[] words = line.split(" ");
        String[] more = new String[words.length - 1];
        System.arraycopy(words, 1, more, 0, more.length);
        return in(words[0], segment, more);
    }
}
