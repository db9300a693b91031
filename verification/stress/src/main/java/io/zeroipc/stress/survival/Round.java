package io.zeroipc.stress.survival;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;

/**
 * Some processes at one structure in a segment of its own, of which one after the other is killed and replaced. Ends early when
 * the survivors do not go on. For one thread, once.
 */
final class Round {

    static final String SEGMENT = "segment";
    /** The file in which a worker finds its {@link Pace}, beside the segment. */
    static final String PACE = "pace";

    /** One kill in so many is followed by another one while its consequences are still dealt with. */
    private static final int DOUBLE = 5;
    /** One in so many hits a worker that is just beginning. */
    private static final int EARLY = 10;
    /** One in so many is replaced at once, the others when its consequences are dealt with. */
    private static final int AT_ONCE = 3;
    /** Before one in so many it is looked how they go on when nobody has died. */
    private static final int CALM = 4;
    private static final long PAUSE_MEAN_NANOS = 5_000_000;
    private static final long SECOND_PAUSE_NANOS = 1_000_000;
    private static final long LOOK_NANOS = 30_000;
    /** Who stands still for so many times the limit is given up. */
    private static final int HANGING = 10;
    private static final int OUTPUT_LINES = 8;
    private static final long START_SECONDS = 120;

    /**
     * How it went.
     *
     * @param recoveries the longest time in nanoseconds in which nothing went on, behind each kill, or two at once
     * @param calm the same before some of them, when nobody had died: what the machine adds
     */
    record Result(int kills, long operations, List<Long> recoveries, List<Long> calm, int wedges) {}

    private final String structure;
    private final Workload workload;
    private final Path directory;
    private final Nursery nursery;
    private final SplittableRandom random;
    private final long limitNanos;
    private final Findings findings;

    private final List<Member> members = new ArrayList<>();
    private final List<Member> living = new ArrayList<>();
    private final List<Long> recoveries = new ArrayList<>();
    private final List<Long> calm = new ArrayList<>();
    private int kills;
    private int wedges;

    /** @param limitMillis it is too slow when nothing goes on for longer, and a wedge when for ten times as long */
    Round(String structure, Path directory, Nursery nursery, long seed, long limitMillis, Findings findings) {
        this.structure = structure;
        this.workload = Structures.of(structure);
        this.directory = directory;
        this.nursery = nursery;
        this.random = new SplittableRandom(seed);
        this.limitNanos = TimeUnit.MILLISECONDS.toNanos(limitMillis);
        this.findings = findings;
    }

    /** Kills so many at most, and none any more at the end of the time. */
    Result run(int killsMax, long deadlineNanos) throws IOException, InterruptedException {
        Path file = directory.resolve(SEGMENT);
        Segment segment = Segment.at(file)
                .size(workload.segmentSize())
                .maxEntries(workload.entries())
                .onClose(OnClose.DELETE)
                .create();
        try (segment; Pace pace = new Pace(directory.resolve(PACE))) {
            workload.create(segment);
            join(file, workload.workers());
            while (kills < killsMax && wedges == 0 && refusals() == 0 && System.nanoTime() - deadlineNanos < 0
                    && !workload.isExhausted(segment) && awaitWorkers(workload.workers() - 1)) {
                pace.hurry(true);
                LockSupport.parkNanos((long) (-Math.log(1 - random.nextDouble()) * PAUSE_MEAN_NANOS));
                if (random.nextInt(CALM) == 0) {
                    watch(segment, System.nanoTime(), living.stream().filter(Member::isAtWork).toList(), List.of());
                    if (wedges > 0) {
                        break;
                    }
                }
                List<Member> victims = kill();
                long began = System.nanoTime();
                List<Member> survivors = living.stream().filter(Member::isAtWork).toList();
                // The others come in the middle of it, or when it is over: a JVM that begins takes a processor for itself.
                boolean atOnce = random.nextInt(AT_ONCE) == 0;
                if (atOnce) {
                    join(file, victims.size());
                }
                watch(segment, began, survivors, victims);
                for (Member victim : victims) {
                    victim.bury();
                }
                if (!atOnce) {
                    join(file, victims.size());
                }
                pace.hurry(false);
                nursery.fill();
            }
            pace.hurry(true);
            awaitEnough();
            dismiss();
            Crew crew = new Crew(members, wedges > 0, TimeUnit.NANOSECONDS.toMillis(limitNanos));
            reportSelfTold();
            workload.judge(segment, crew, findings);
            return new Result(kills, crew.sum(Word.DONE), Collections.unmodifiableList(recoveries),
                    Collections.unmodifiableList(calm), wedges);
        } finally {
            members.forEach(Member::close);
        }
    }

    private void join(Path file, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Member member = new Member(members.size(), nursery.take(), directory, file, structure,
                    workload.roles().size(), random.nextLong());
            members.add(member);
            living.add(member);
        }
    }

    private long refusals() {
        return living.stream()
                .flatMap(member -> member.journals().stream())
                .mapToLong(journal -> journal.get(Word.REFUSALS))
                .sum();
    }

    /** Waits until so many are at work; false when they are not in time. */
    private boolean awaitWorkers(int count) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (living.stream().filter(Member::isAtWork).count() < count) {
            for (Member member : living) {
                if (!member.jvm().process().isAlive()) {
                    findings.add(Promise.REFUSAL, "worker ended by itself: status="
                            + member.jvm().process().exitValue() + ", " + member.state() + "\n" + member.output());
                    return false;
                }
            }
            if (System.nanoTime() - end > 0) {
                findings.add(Promise.REFUSAL, "workers do not begin: " + living.stream().map(Member::state).toList());
                wedges++;
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /** Waits until the living have done what they should, as long as they can. */
    private void awaitEnough() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (wedges == 0 && refusals() == 0 && !living.stream()
                .flatMap(member -> member.journals().stream())
                .allMatch(workload::hasDoneEnough)) {
            if (System.nanoTime() - end > 0) {
                wedges++;
                findings.add(Promise.WEDGE, "workers do not finish: " + living.stream().map(this::evidence).toList());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Kills one, or two shortly after each other; two at least go on. */
    private List<Member> kill() {
        List<Member> victims = new ArrayList<>();
        victims.add(killOne());
        if (random.nextInt(DOUBLE) == 0 && living.stream().filter(Member::isAtWork).count() >= 3) {
            LockSupport.parkNanos(random.nextLong(SECOND_PAUSE_NANOS));
            victims.add(killOne());
        }
        return victims;
    }

    private Member killOne() {
        List<Member> beginning = living.stream().filter(member -> !member.isAtWork()).toList();
        List<Member> working = living.stream().filter(Member::isAtWork).toList();
        List<Member> from = !beginning.isEmpty() && random.nextInt(EARLY) == 0 ? beginning : working;
        Member victim = from.get(random.nextInt(from.size()));
        victim.kill();
        living.remove(victim);
        kills++;
        return victim;
    }

    /** Waits until the survivors have come round, and takes down the longest time in which they did not go on. */
    private void watch(Segment segment, long began, List<Member> survivors, List<Member> victims)
            throws InterruptedException {
        int roles = workload.roles().size();
        long[] goal = new long[roles];
        long[] last = new long[roles];
        long[] since = new long[roles];
        for (int role = 0; role < roles; role++) {
            last[role] = done(survivors, role);
            goal[role] = last[role] + workload.lap();
            since[role] = began;
        }
        long longest = 0;
        List<Long> doubt = List.of();
        boolean tried = false;
        boolean complete = false;
        while (!complete) {
            LockSupport.parkNanos(LOOK_NANOS);
            long now = System.nanoTime();
            complete = true;
            long standing = 0;
            for (int role = 0; role < roles; role++) {
                long done = done(survivors, role);
                longest = Math.max(longest, last[role] < goal[role] ? now - since[role] : 0);
                if (done > last[role]) {
                    last[role] = done;
                    since[role] = now;
                }
                if (done < goal[role]) {
                    complete = false;
                    standing = Math.max(standing, now - since[role]);
                }
            }
            if (standing > limitNanos / 2 && doubt.isEmpty()) {
                doubt = attempts(survivors);
            } else if (standing < limitNanos / 2) {
                doubt = List.of();
            }
            tried |= standing > limitNanos && haveTried(survivors, doubt);
            if (!complete && standing > HANGING * limitNanos) {
                if (workload.isExhausted(segment)) {
                    return;
                }
                wedges++;
                findings.add(Promise.WEDGE, account(segment, standing, victims) + "\nsurvivors: "
                        + String.join("\n", survivors.stream().map(this::evidence).toList()));
                complete = true;
            }
        }
        if (wedges == 0 && tried) {
            findings.add(Promise.SLOW, account(segment, longest, victims));
        }
        (victims.isEmpty() ? calm : recoveries).add(longest);
    }

    private String account(Segment segment, long standing, List<Member> victims) {
        return structure + " stood still for " + standing / 1_000_000 + " ms, load " + load() + ": "
                + workload.describe(segment) + "\nkilled: "
                + String.join("\n", victims.stream().map(Member::state).toList());
    }

    /** Processes that want a processor, for those who wonder whether the machine was to blame. */
    private static String load() {
        return String.format("%.1f on %d processors",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                Runtime.getRuntime().availableProcessors());
    }

    private static long done(List<Member> survivors, int role) {
        return survivors.stream().mapToLong(member -> member.get(role, Word.DONE)).sum();
    }

    private static List<Long> attempts(List<Member> survivors) {
        return survivors.stream()
                .flatMap(member -> member.journals().stream())
                .map(journal -> journal.get(Word.ATTEMPTS))
                .toList();
    }

    /** Whether all had the processor meanwhile, and achieved nothing: a machine that is busy is no wedge. */
    private static boolean haveTried(List<Member> survivors, List<Long> before) {
        List<Long> now = attempts(survivors);
        for (int i = 0; i < before.size(); i++) {
            if (now.get(i) < before.get(i) + 2) {
                return false;
            }
        }
        return true;
    }

    private String evidence(Member member) {
        return member.state() + "\n" + ThreadDump.of(member, workload.roles());
    }

    /** Lets the living end in good order. */
    private void dismiss() throws InterruptedException {
        for (Member member : living) {
            try {
                member.jvm().tell(Worker.ENOUGH);
            } catch (IOException e) {
                // Told below: it has ended.
            }
        }
        long patience = Math.max(HANGING * limitNanos, TimeUnit.SECONDS.toNanos(START_SECONDS));
        for (Member member : living) {
            Process process = member.jvm().process();
            if (!process.waitFor(wedges > 0 ? TimeUnit.SECONDS.toNanos(1) : patience, TimeUnit.NANOSECONDS)) {
                if (wedges == 0) {
                    findings.add(Promise.REFUSAL, structure + ": operation does not end: " + evidence(member));
                    wedges++;
                }
            } else if (process.exitValue() != 0) {
                findings.add(Promise.REFUSAL, "worker ended by itself: status=" + process.exitValue() + ", "
                        + member.state() + "\n" + member.output());
            }
        }
    }

    /** What the workers found out themselves. */
    private void reportSelfTold() {
        for (Member member : members) {
            for (int role = 0; role < workload.roles().size(); role++) {
                if (member.get(role, Word.REFUSALS) > 0) {
                    findings.add(Promise.REFUSAL, structure + ", " + workload.roles().get(role) + ": "
                            + member.state() + "\n"
                            + member.output().lines().limit(OUTPUT_LINES).collect(Collectors.joining("\n")));
                }
                if (member.get(role, Word.TORN) > 0) {
                    findings.add(Promise.TORN, structure + ", " + workload.roles().get(role) + ": "
                            + member.state());
                }
                if (member.get(role, Word.INTRUSIONS) > 0) {
                    findings.add(Promise.EXCLUSION, structure + ", " + workload.roles().get(role) + ": "
                            + member.state());
                }
            }
        }
    }
}
