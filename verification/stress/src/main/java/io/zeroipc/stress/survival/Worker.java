package io.zeroipc.stress.survival;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Journal.Word;

/**
 * A process that works with a structure until it is told that it is enough, or killed. It waits for one line that says with which:
 * what takes the time of a start is over by then.
 */
final class Worker {

    /** What ends the work in good order. */
    static final String ENOUGH = "enough";

    /** So many exceptions of a thread are printed. */
    private static final int PRINTED = 3;

    private static volatile boolean enough;

    private Worker() {
    }

    public static void main(String[] none) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        // What takes most of the time, before anybody waits for it.
        Segment.prepare();
        String command = commands.readLine();
        if (command == null) {
            return;
        }
        String[] words = command.split("\t", -1);
        Workload workload = Structures.of(words[0]);
        Path journals = Path.of(words[2]);
        int number = Integer.parseInt(words[3]);
        SplittableRandom random = new SplittableRandom(Long.parseLong(words[4]));
        Pace pace = new Pace(Path.of(words[1]).resolveSibling(Round.PACE));
        Segment segment = Segment.at(Path.of(words[1])).open();
        List<Thread> threads = new ArrayList<>();
        for (int role = 0; role < workload.roles().size(); role++) {
            Seat seat = new Seat(segment, role, Member.threadId(number, role),
                    new Journal(Member.journal(journals, role)), random.split());
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .name(workload.roles().get(role))
                    .start(() -> work(workload, seat, pace)));
        }
        if (!ENOUGH.equals(commands.readLine())) {
            // Whoever started this is gone.
            Runtime.getRuntime().halt(2);
        }
        enough = true;
        for (Thread thread : threads) {
            thread.join();
        }
        // Without a close: that is not what is looked at here, and takes its time.
        Runtime.getRuntime().halt(0);
    }

    private static void work(Workload workload, Seat seat, Pace pace) {
        Journal journal = seat.journal();
        try {
            Workload.Step step = workload.bind(seat);
            while (!enough) {
                try {
                    step.once();
                } catch (Exception | AssertionError e) {
                    refused(journal, e);
                }
                journal.add(Word.ATTEMPTS, 1);
                pace.keep();
            }
            journal.set(Word.FINISHED, 1);
        } catch (Throwable e) {
            refused(journal, e);
        }
    }

    @SuppressWarnings("SystemOut") // the parent shows it
    private static void refused(Journal journal, Throwable thrown) {
        journal.add(Word.REFUSALS, 1);
        if (journal.get(Word.REFUSALS) <= PRINTED) {
            thrown.printStackTrace(System.out);
            System.out.flush();
        }
    }
}
