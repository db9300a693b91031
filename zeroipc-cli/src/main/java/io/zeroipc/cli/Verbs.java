package io.zeroipc.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import io.zeroipc.cli.Declared.Opened;
import io.zeroipc.segment.Structure;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.wait.Deadline;

/** What commands on single structures have in common. */
abstract class Verbs {

    /** What a semaphore has, and a lock has not. */
    static final String PERMITS = "has permits";

    private final Terminal terminal;

    Verbs(Terminal terminal) {
        this.terminal = terminal;
    }

    /** How to write. */
    static final class Manner {

        @Option(names = "--json", description = "Writes JSON, a line for each value.")
        private boolean json;
    }

    /** How long to wait. */
    static final class Patience {

        @Option(names = {"-w", "--wait"}, paramLabel = "MS", defaultValue = "0",
                description = "Milliseconds to wait for it; none by default.")
        private long millis;

        boolean isGiven() {
            return millis != 0;
        }

        /** Begins to wait now. */
        Deadline deadline() {
            return Deadline.after(duration());
        }

        Duration duration() {
            if (millis < 0) {
                throw new UsageException("time is negative: --wait=" + millis);
            }
            return Duration.ofMillis(millis);
        }
    }

    final Terminal terminal() {
        return terminal;
    }

    static <S> S as(Opened opened, Class<S> type, String what) {
        if (!type.isInstance(opened.structure())) {
            throw unsuitable(opened.structure(), what);
        }
        return type.cast(opened.structure());
    }

    static UsageException unsuitable(Structure structure, String what) {
        boolean lock = structure instanceof SharedMutex || structure instanceof SharedRwLock
                || structure instanceof SharedMonitor;
        return new UsageException("structure does not suit: structure=" + structure.name() + ", kind="
                + structure.kind() + " (expected: one that " + what
                + (lock && what.equals(PERMITS)
                        ? "; a lock would be left without its owner, because this command ends right after)"
                        : ")"));
    }

    static String required(@Nullable String text, String what) {
        if (text == null) {
            throw new UsageException("parameter is missing (expected: " + what + " behind the structure)");
        }
        return text;
    }

    static long index(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException("not a whole number: " + text);
        }
    }

    static int handle(String text) {
        return Math.toIntExact(Math.clamp(index(text), Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    final int done(Manner manner) {
        if (manner.json) {
            terminal.jsonLine(Map.of("done", true));
        }
        return ZeroIpc.DONE;
    }

    final int nothing(String why, Manner manner) {
        if (manner.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("done", false);
            object.put("reason", why);
            terminal.jsonLine(object);
        } else {
            terminal.note(why);
        }
        return ZeroIpc.NOTHING;
    }

    final void value(Object value, Manner manner) {
        if (manner.json) {
            terminal.jsonLine(Figures.json(value));
        } else {
            terminal.line(Figures.value(value));
        }
    }

    final void entry(Object key, Object content, Manner manner) {
        if (manner.json) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            object.put("key", Figures.json(key));
            object.put("value", Figures.json(content));
            terminal.jsonLine(object);
        } else {
            terminal.line(Figures.value(key) + "  " + Figures.value(content));
        }
    }
}
