package io.zeroipc.spring.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Stall;
import io.zeroipc.segment.Structure;

/**
 * Tells structures that are stuck from those in which somebody is at work: by looking again. To be looked with by one thread;
 * what was found can be read by any.
 */
final class StallWatch {

    private static final Log LOG = LogFactory.getLog(StallWatch.class);

    /** Longer than a pause of a garbage collector that still goes for one. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private record Seen(Stall stall, Instant since, long nanos, boolean told) {}

    private final Map<ChannelName, Seen> seen = new ConcurrentHashMap<>();

    List<StuckStructure> stuck() {
        return seen.entrySet()
                .stream()
                .filter(entry -> entry.getValue().told())
                .map(entry -> new StuckStructure(entry.getKey(), entry.getValue().stall(), entry.getValue().since()))
                .toList();
    }

    /** Forgets structures that are not open any more. */
    void retain(Set<ChannelName> open) {
        seen.keySet().retainAll(open);
    }

    void look(ChannelName channel, Structure structure) {
        Stall stall = stallOf(structure);
        Seen before = seen.get(channel);
        if (before != null && !before.stall().equals(stall)) {
            seen.remove(channel);
            if (before.told()) {
                LOG.info("structure goes on: channel=" + channel + ", stuck until now: " + before.stall());
            }
            before = null;
        }
        if (stall == null) {
            return;
        }
        if (before == null) {
            seen.put(channel, new Seen(stall, Instant.now(), System.nanoTime(), false));
        } else if (!before.told() && System.nanoTime() - before.nanos() >= PATIENCE.toNanos()) {
            seen.put(channel, new Seen(stall, before.since(), before.nanos(), true));
            LOG.warn("structure is stuck: channel=" + channel + ", " + stall + ", since=" + before.since()
                    + " (whoever did that is stopped, keeps the slot, or was killed and takes no part in recovery; everybody else"
                    + " waits. The endpoint and 'zeroipc show' tell who; 'zeroipc repair' goes on when it is dead)");
        }
    }

    /** Null as well where the structure, which may be the application's own, cannot tell: its segment is gone, for example. */
    private static @Nullable Stall stallOf(Structure structure) {
        return UserCode.<@Nullable Stall>call(structure::stall, _ -> null);
    }
}
