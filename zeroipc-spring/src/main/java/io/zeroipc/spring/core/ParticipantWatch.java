package io.zeroipc.spring.core;

import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.zeroipc.segment.Participant;
import io.zeroipc.segment.ParticipantDeath;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.event.ParticipantDiedEvent;
import io.zeroipc.spring.event.ParticipantJoinedEvent;
import io.zeroipc.spring.event.ParticipantLeftEvent;
import io.zeroipc.spring.event.SegmentEvent;
import io.zeroipc.spring.event.SegmentRecoveredEvent;

/**
 * Tells who takes part in the segments, who has left and who has died, and counts what was mended. To be looked with by one
 * thread; the counters can be read by any.
 */
final class ParticipantWatch {

    private static final Log LOG = LogFactory.getLog(ParticipantWatch.class);

    /** A row is used again: these three tell one process from the next. */
    private record Who(int index, long pid, Instant joined) {

        static Who of(Participant participant) {
            return new Who(participant.index(), participant.pid(), participant.joined());
        }
    }

    /** What was seen of one open segment. */
    private static final class Seen {

        private final Segment segment;
        private Map<Who, Participant> participants = Map.of();
        private long lastDeath;
        private boolean first = true;
        private Map<RecoveryOutcome, Long> outcomes = Map.of();

        Seen(Segment segment) {
            this.segment = segment;
        }
    }

    private final Object source;
    private final Consumer<SegmentEvent> events;
    private final Map<String, Seen> seen = new HashMap<>();
    /** Counters outlive the segments that they are about. */
    private final Map<String, SegmentRecoveries> counters = new ConcurrentHashMap<>();

    /**
     * @param source of the events
     * @param events gets them; never throws
     */
    ParticipantWatch(Object source, Consumer<SegmentEvent> events) {
        this.source = source;
        this.events = events;
    }

    SegmentRecoveries recoveries(String name) {
        return counters.computeIfAbsent(name, _ -> new SegmentRecoveries());
    }

    /** Forgets segments that are not open any more. */
    void retain(Set<String> open) {
        seen.keySet().retainAll(open);
    }

    /**
     * Looks at one segment.
     *
     * @param opened a moment before it was opened here: deaths from then on are told
     */
    void look(String name, Segment segment, Instant opened) {
        Seen before = seen.get(name);
        if (before == null || before.segment != segment) {
            before = new Seen(segment);
            seen.put(name, before);
            tellParticipation(name, segment.participation());
        }
        List<Participant> present;
        List<ParticipantDeath> deaths;
        Map<RecoveryOutcome, Long> outcomes;
        try {
            // In this order: who is missing here and has died stands there.
            present = segment.participants();
            deaths = segment.deaths();
            outcomes = segment.recoveries();
        } catch (RuntimeException | InternalError e) {
            // Closed, replaced or truncated at this moment: others tell.
            return;
        }
        if (before.first) {
            before.first = false;
            before.lastDeath = lastBefore(deaths, opened);
        }
        Map<RecoveryOutcome, Long> mended = difference(before.outcomes, outcomes);
        before.outcomes = outcomes;
        tellComings(name, before, present);
        Set<Who> dead = tellDeaths(name, before, deaths, mended);
        tellGoings(name, before, present, dead);
        if (!mended.isEmpty()) {
            recoveries(name).add(mended);
            tellRecovery(name, mended);
        }
    }

    private static void tellParticipation(String name, String participation) {
        if (!participation.equals("on") && !participation.equals("off")) {
            LOG.warn("application takes no part in recovery: segment=" + name + ", reason=" + participation
                    + " (what it leaves in the middle of something when it dies stays there, and it mends nothing that others"
                    + " leave)");
        }
    }

    private static long lastBefore(List<ParticipantDeath> deaths, Instant opened) {
        return deaths.stream()
                .filter(death -> death.noticed().isBefore(opened))
                .mapToLong(ParticipantDeath::number)
                .max()
                .orElse(0);
    }

    private void tellComings(String name, Seen before, List<Participant> present) {
        for (Participant each : present) {
            if (!each.self() && !each.dead() && !before.participants.containsKey(Who.of(each))) {
                events.accept(new ParticipantJoinedEvent(source, name, each.pid(), each.name(), each.joined()));
            }
        }
    }

    /** Those that were told, as far as they were seen before. */
    private Set<Who> tellDeaths(String name, Seen before, List<ParticipantDeath> deaths,
            Map<RecoveryOutcome, Long> mended) {
        Set<Who> dead = new HashSet<>();
        for (ParticipantDeath death : deaths) {
            if (death.number() <= before.lastDeath) {
                continue;
            }
            // By number: of more than are kept, the earliest are counted all the same.
            recoveries(name).addDeaths(death.number() - before.lastDeath);
            before.lastDeath = death.number();
            before.participants.keySet()
                    .stream()
                    .filter(who -> who.pid() == death.pid() && who.joined().equals(death.joined()))
                    .forEach(dead::add);
            LOG.warn("participant of a segment died: segment=" + name + ", pid=" + death.pid() + ", name="
                    + death.name() + ", joined=" + death.joined() + ", noticed=" + death.noticed()
                    + ", mended here by now=" + describe(mended));
            events.accept(new ParticipantDiedEvent(source, name, death.number(), death.pid(), death.name(),
                    death.joined(), death.noticed()));
        }
        return dead;
    }

    private void tellGoings(String name, Seen before, List<Participant> present, Set<Who> dead) {
        Map<Who, Participant> now = new HashMap<>();
        for (Participant each : present) {
            Who who = Who.of(each);
            // Dead, and no death was told: it is leaving, or has left with elements that are to be redelivered.
            if (!dead.contains(who) && (!each.dead() || before.participants.containsKey(who))) {
                now.put(who, each);
            }
        }
        before.participants.forEach((who, each) -> {
            if (!now.containsKey(who) && !dead.contains(who) && !each.self()) {
                events.accept(new ParticipantLeftEvent(source, name, each.pid(), each.name(), each.joined()));
            }
        });
        before.participants = now;
    }

    private void tellRecovery(String name, Map<RecoveryOutcome, Long> mended) {
        if (mended.containsKey(RecoveryOutcome.UNDECIDED)) {
            LOG.warn("what a dead participant left cannot be mended for certain: segment=" + name + ", mended here="
                    + describe(mended)
                    + " (a program that takes no part may have the same place in hand; when there is none,"
                    + " zeroipc repair " + name + " STRUCTURE goes on)");
        } else {
            LOG.info("what dead participants left was mended: segment=" + name + ", mended here=" + describe(mended));
        }
        events.accept(new SegmentRecoveredEvent(source, name, mended));
    }

    private static Map<RecoveryOutcome, Long> difference(Map<RecoveryOutcome, Long> before,
            Map<RecoveryOutcome, Long> now) {
        Map<RecoveryOutcome, Long> more = new EnumMap<>(RecoveryOutcome.class);
        now.forEach((outcome, count) -> {
            long difference = count - before.getOrDefault(outcome, 0L);
            if (difference > 0) {
                more.put(outcome, difference);
            }
        });
        return more;
    }

    private static String describe(Map<RecoveryOutcome, Long> mended) {
        return mended.isEmpty()
                ? "nothing"
                : mended.entrySet()
                        .stream()
                        .map(each -> each.getKey().name().toLowerCase(Locale.ROOT) + " " + each.getValue())
                        .collect(Collectors.joining(", "));
    }
}
