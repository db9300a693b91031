package io.zeroipc.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;
import io.zeroipc.segment.Structure;

/** What holds everybody up in queues and channels: looked at twice, so that somebody at work is not taken for somebody dead. */
final class Stalls {

    /** Longer than anybody works on an element in its slot who does not wait there. */
    static final Duration BETWEEN = Duration.ofMillis(500);

    private static final Set<String> KINDS = Set.of(SharedQueue.KIND.label(), SharedChannel.KIND.label());

    private Stalls() {
    }

    /**
     * Those of a segment, by the names of the structures; waits if there are any.
     *
     * @param plain the segment without a catalogue, so that elements are bytes
     */
    static Map<String, Stall> find(Segment plain, SegmentReport report) throws InterruptedException {
        List<Structure> held = new ArrayList<>();
        Map<String, Stall> stalls = new LinkedHashMap<>();
        for (StructureReport each : report.structures().values()) {
            Structure structure = open(plain, each);
            Stall stall = structure == null ? null : structure.stall();
            if (structure != null && stall != null) {
                held.add(structure);
                stalls.put(each.name(), stall);
            }
        }
        if (!stalls.isEmpty()) {
            Thread.sleep(BETWEEN);
        }
        for (Structure structure : held) {
            if (!Objects.equals(stalls.get(structure.name()), structure.stall())) {
                stalls.remove(structure.name());
            }
        }
        return stalls;
    }

    /** That of a structure, if it is still the same after a while. */
    static @Nullable Stall find(Structure structure) throws InterruptedException {
        Stall stall = structure.stall();
        if (stall != null) {
            Thread.sleep(BETWEEN);
        }
        return stall != null && stall.equals(structure.stall()) ? stall : null;
    }

    private static @Nullable Structure open(Segment plain, StructureReport report) {
        boolean certain = report.trust() == Trust.DECLARED || report.trust() == Trust.RECOGNISED;
        if (!certain || report.elementSize() <= 0 || !KINDS.contains(report.kind())) {
            return null;
        }
        var codec = Codecs.bytes(Math.toIntExact(report.elementSize()));
        try {
            return report.kind().equals(SharedQueue.KIND.label())
                    ? SharedQueue.open(plain, report.name(), codec)
                    : SharedChannel.open(plain, report.name(), codec);
        } catch (ZeroIpcException e) {
            // It has gone, or is being damaged, or an unbuffered one: what there is to say of it is in the report.
            return null;
        }
    }
}
