package io.zeroipc.benchmarks.pair;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The loops that are measured; all of them spin. A message begins with its number: in the upper 16 bits the producer, in the others
 * how many it sent before. A filled one has a pattern behind it that depends on the number, and in its last eight bytes the sum of
 * all before them, which the receiver compares. Of 8 bytes there is the number only, whose turn is checked in either mode.
 *
 * <p>
 * Each connection has a copy of this class ({@link Loop#copy()}), so it has no nested classes and no lambdas.
 */
final class MeasuringLoop implements Loop, Link.Handler {

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long END = -1;
    private static final int PRODUCER_SHIFT = 48;
    private static final int MOST_PRODUCERS = 4;
    private static final int LIMIT = 64;
    /** Between two bursts, so that the other side waits again. */
    private static final long QUIET_NANOS = 20_000;
    private static final long PATIENCE_NANOS = 15_000_000_000L;

    private static final int COUNTING = 0;
    private static final int ECHOING = 1;
    private static final int TIMING = 2;
    private static final int DRAINING = 3;

    private final long[] expected = new long[MOST_PRODUCERS];
    private final Histogram times = Outcome.histogram();
    private int phase = COUNTING;
    private boolean filled;
    private boolean shared;
    private int size;
    private long received;
    private long wrong;
    private boolean ended;
    private int spins;
    private long deadline;
    /** Numbers that are to be sent back. */
    private long[] answers = new long[LIMIT];
    private int answerCount;
    private @Nullable Schedule schedule;

    /** By reflection, from the copy. */
    MeasuringLoop() {
    }

    @Override
    public Outcome produce(Link.Sender sender, Task task, int bytes, int producer, long budget) {
        begin(task, bytes);
        long number = (long) producer << PRODUCER_SHIFT;
        long first = number;
        long start = System.nanoTime();
        long now = start;
        while (now - start < task.nanos() && number - first < budget) {
            for (int i = 0; i < LIMIT; i++) {
                send(sender, number++);
            }
            now = System.nanoTime();
            deadline = now + PATIENCE_NANOS;
        }
        while (!sender.flush()) {
            pause();
        }
        return new Outcome(number - first, System.nanoTime() - start, 0, 0, times);
    }

    @Override
    public Outcome consume(Link.Sender sender, Link.Receiver receiver, Task task, int bytes, AtomicBoolean allEnded) {
        begin(task, bytes);
        phase = COUNTING;
        shared = task.workload().threads() > 1;
        while (receiver.poll(this, 1) == 0 && !allEnded.get()) {
            pause();
        }
        long start = System.nanoTime();
        while (!ended) {
            if (receiver.poll(this, LIMIT) == 0) {
                if (allEnded.get()) {
                    break;
                }
                pause();
            }
        }
        long nanos = System.nanoTime() - start;
        if (ended) {
            allEnded.set(true);
            send(sender, END);
            while (!sender.flush()) {
                pause();
            }
        }
        return new Outcome(received, nanos, wrong, 0, times);
    }

    @Override
    public Outcome echo(Link.Sender sender, Link.Receiver receiver, Task task, int bytes) {
        begin(task, bytes);
        phase = ECHOING;
        int limit = task.workload() == Task.Workload.ROUND_TRIP ? 1 : LIMIT;
        long start = System.nanoTime();
        while (!ended) {
            if (receiver.poll(this, limit) == 0) {
                sender.flush();
                pause();
            }
            for (int i = 0; i < answerCount; i++) {
                send(sender, answers[i]);
            }
            answerCount = 0;
        }
        long nanos = System.nanoTime() - start;
        send(sender, END);
        while (!sender.flush()) {
            pause();
        }
        return new Outcome(received, nanos, wrong, 0, times);
    }

    @Override
    public Outcome roundTrips(Link.Sender sender, Link.Receiver receiver, Task task, int bytes, long budget) {
        begin(task, bytes);
        long start = System.nanoTime();
        return switch (task.workload()) {
            case ROUND_TRIP -> oneByOne(sender, receiver, start, task.nanos(), budget);
            case BURST -> bursts(sender, receiver, start, task.nanos(), task.amount(), budget);
            case OPEN_LOOP -> openLoop(sender, receiver, new Schedule(start + QUIET_NANOS, task.amount()),
                    task.nanos());
            case THROUGHPUT, THROUGHPUT_2P2C -> throw new IllegalArgumentException("nothing comes back: " + task);
        };
    }

    private Outcome oneByOne(Link.Sender sender, Link.Receiver receiver, long start, long nanos, long budget) {
        phase = COUNTING;
        long number = 0;
        long sent = start;
        while (sent - start < nanos && number < budget) {
            send(sender, number++);
            while (received < number) {
                if (receiver.poll(this, 1) == 0) {
                    sender.flush();
                    pause();
                }
            }
            Outcome.add(times, System.nanoTime() - sent);
            sent = System.nanoTime();
            deadline = sent + PATIENCE_NANOS;
        }
        return new Outcome(number, sent - start, wrong, 0, times);
    }

    private Outcome bursts(Link.Sender sender, Link.Receiver receiver, long start, long nanos, int burst, long budget) {
        phase = COUNTING;
        long number = 0;
        long now = start;
        while (now - start < nanos && number < budget) {
            long from = now + QUIET_NANOS;
            while (System.nanoTime() < from) {
                Thread.onSpinWait();
            }
            from = System.nanoTime();
            long until = number + burst;
            while (received < until) {
                if (number < until && trySend(sender, number)) {
                    number++;
                } else if (receiver.poll(this, LIMIT) == 0) {
                    sender.flush();
                    pause();
                }
            }
            now = System.nanoTime();
            Outcome.add(times, now - from);
            deadline = now + PATIENCE_NANOS;
        }
        return new Outcome(number, now - start, wrong, 0, times);
    }

    private Outcome openLoop(Link.Sender sender, Link.Receiver receiver, Schedule planned, long nanos) {
        phase = TIMING;
        schedule = planned;
        long total = planned.within(nanos);
        long giveUp = planned.start() + 2 * nanos;
        long sent = 0;
        long now = System.nanoTime();
        while (received < total && now < giveUp) {
            if (sent < total && planned.intended(sent) <= now && trySend(sender, sent)) {
                sent++;
            }
            if (receiver.poll(this, LIMIT) == 0) {
                sender.flush();
                Thread.onSpinWait();
            }
            now = System.nanoTime();
        }
        for (long missing = received; missing < total; missing++) {
            Outcome.add(times, now - planned.intended(missing));
        }
        return new Outcome(received, now - planned.start(), wrong, total - received, times);
    }

    @Override
    public void end(Link.Sender sender, Link.Receiver receiver, int bytes) {
        size = bytes;
        filled = false;
        phase = DRAINING;
        ended = false;
        deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!trySend(sender, END)) {
            if (receiver.poll(this, LIMIT) == 0) {
                pause();
            }
        }
        while (!ended) {
            if (receiver.poll(this, LIMIT) == 0) {
                sender.flush();
                pause();
            }
        }
    }

    @Override
    public void onMessage(MemorySegment memory, long offset) {
        long number = memory.get(WORD, offset);
        if (number == END) {
            ended = true;
            return;
        }
        if (phase == DRAINING) {
            return;
        }
        check(memory, offset, number);
        received++;
        if (phase == ECHOING) {
            if (answerCount == answers.length) {
                answers = Arrays.copyOf(answers, 2 * answerCount);
            }
            answers[answerCount++] = number;
        } else if (phase == TIMING && schedule != null) {
            Outcome.add(times, System.nanoTime() - schedule.intended(number));
        }
    }

    private void check(MemorySegment memory, long offset, long number) {
        int producer = (int) (number >>> PRODUCER_SHIFT) & (MOST_PRODUCERS - 1);
        long turn = number & (1L << PRODUCER_SHIFT) - 1;
        if (shared ? turn < expected[producer] : turn != expected[producer]) {
            wrong++;
        }
        expected[producer] = turn + 1;
        if (filled && size >= 2 * Long.BYTES) {
            long sum = 0;
            int last = size - Long.BYTES;
            for (int i = 0; i < last; i += Long.BYTES) {
                sum += memory.get(WORD, offset + i);
            }
            if (sum != memory.get(WORD, offset + last)) {
                wrong++;
            }
        }
    }

    private void send(Link.Sender sender, long number) {
        while (!trySend(sender, number)) {
            pause();
        }
    }

    private boolean trySend(Link.Sender sender, long number) {
        long offset = sender.tryClaim();
        if (offset == Link.Sender.FULL) {
            return false;
        }
        MemorySegment memory = sender.memory();
        memory.set(WORD, offset, number);
        if (filled && size >= 2 * Long.BYTES) {
            long sum = number;
            int last = size - Long.BYTES;
            for (int i = Long.BYTES; i < last; i += Long.BYTES) {
                long word = number + i;
                memory.set(WORD, offset + i, word);
                sum += word;
            }
            memory.set(WORD, offset + last, sum);
        }
        sender.commit();
        return true;
    }

    private void begin(Task task, int bytes) {
        size = bytes;
        filled = task.filled();
        deadline = System.nanoTime() + task.nanos() + PATIENCE_NANOS;
    }

    /** The clock is looked at seldom: a partner that has died must not leave this one spinning for ever. */
    private void pause() {
        Thread.onSpinWait();
        if ((++spins & 0xfffff) == 0 && System.nanoTime() > deadline) {
            throw new IllegalStateException("nothing moves: received=" + received + ", phase=" + phase);
        }
    }
}
