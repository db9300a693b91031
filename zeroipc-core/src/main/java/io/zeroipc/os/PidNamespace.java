package io.zeroipc.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In which namespace this process has its number: numbers of other namespaces name other processes. */
public final class PidNamespace {

    private static final Pattern LINK = Pattern.compile("pid:\\[([0-9]{1,18})]");

    private PidNamespace() {
    }

    /** A number that is the same for all processes of one namespace, and 0 where the system does not tell. */
    public static long current() {
        return Current.NUMBER;
    }

    private static final class Current {
        static final long NUMBER = read();
    }

    private static long read() {
        try {
            Matcher link = LINK.matcher(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString());
            return link.matches() ? Long.parseLong(link.group(1)) : 0;
        } catch (IOException | UnsupportedOperationException e) {
            return 0;
        }
    }
}
