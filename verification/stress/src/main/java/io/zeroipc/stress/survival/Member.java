package io.zeroipc.stress.survival;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.zeroipc.stress.survival.Journal.Word;

/** A worker, as its parent sees it. For one thread. */
final class Member implements AutoCloseable {

    /** Roles of one worker at most. */
    private static final int ROLES_MAX = 4;

    private final int number;
    private final Jvm jvm;
    private final List<Journal> journals = new ArrayList<>();
    private boolean killed;

    /** Sets an idle worker to work. */
    Member(int number, Jvm jvm, Path directory, Path segment, String structure, int roles, long seed)
            throws IOException {
        this.number = number;
        this.jvm = jvm;
        Path prefix = directory.resolve("journal-" + number);
        for (int role = 0; role < roles; role++) {
            journals.add(new Journal(journal(prefix, role)));
        }
        jvm.tell(String.join("\t", structure, segment.toString(), prefix.toString(), "" + number, "" + seed));
    }

    static Path journal(Path prefix, int role) {
        return Path.of(prefix + "-" + role);
    }

    static long threadId(int number, int role) {
        return (long) (number + 1) * ROLES_MAX + role;
    }

    int number() {
        return number;
    }

    Jvm jvm() {
        return jvm;
    }

    List<Journal> journals() {
        return journals;
    }

    boolean wasKilled() {
        return killed;
    }

    /** Whether each of its threads has begun. */
    boolean isAtWork() {
        return journals.stream().allMatch(journal -> journal.get(Word.ATTEMPTS) > 0);
    }

    long get(int role, Word word) {
        return journals.get(role).get(word);
    }

    /** SIGKILL, at once; {@link #bury} waits for it. */
    void kill() {
        killed = true;
        jvm.process().destroyForcibly();
    }

    /** Waits until it is gone. */
    void bury() throws InterruptedException {
        jvm.process().waitFor();
    }

    @Override
    public void close() {
        jvm.close();
        journals.forEach(Journal::close);
    }

    /** What it was at, for the evidence. */
    String state() {
        StringBuilder text = new StringBuilder(toString());
        for (int role = 0; role < journals.size(); role++) {
            text.append(" role ").append(role).append(":");
            for (Word word : Word.values()) {
                long value = get(role, word);
                if (value != 0) {
                    text.append(' ').append(word).append('=').append(value);
                }
            }
        }
        return text.toString();
    }

    /** What it printed. */
    String output() {
        try {
            return Files.readString(jvm.output()).strip();
        } catch (IOException e) {
            return "(output cannot be read: " + e + ")";
        }
    }

    @Override
    public String toString() {
        return "worker " + number + " (pid " + jvm.process().pid() + (killed ? ", killed" : "") + ")";
    }
}
