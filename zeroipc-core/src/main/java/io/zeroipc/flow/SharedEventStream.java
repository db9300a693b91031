package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.EventStreamDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;

/*
 * Overview
 *   A number that only grows, and an end.
 *
 * Invariants
 *   I1  event_count grows by 1 for each event. I2  closed goes from 0 to 1 and stays.
 *
 * Ordering
 *   S1  the addition to event_count pairs with its acquire-load: what was done before the event is visible to who counts it.
 *   S2  the release-store of closed pairs with its acquire-load: who sees it sees the events before it.
 *
 * Progress
 *   Emitting is wait-free. Waiting is a loop.
 *
 * If a process dies here
 *   Each change is one store; nothing is left behind.
 */

/**
 * Events without elements, counted for everybody: the {@code Stream<void>} of the C++ implementation, with which it is
 * byte-compatible ({@code docs/format/eventstream.md}). Any thread of any process emits; each reader remembers how many events
 * it has seen. Thread-safe.
 *
 * <p>
 * What a thread did before it emitted an event happens before what a thread does that has seen it counted.
 */
public final class SharedEventStream implements Structure {

    public static final StructureKind KIND = StructureKind.of("eventstream");
    public static final Probe PROBE = new EventStreamProbe();

    private final Binding binding;
    private final Attachment attachment;
    private final EventCount arrivals;
    private final MemorySegment memory;

    private SharedEventStream(Blocks blocks, Block block) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.arrivals = attachment.arrivals(block, this::stamp);
        this.memory = block.memory();
    }

    /** A stream of events to create or open. */
    public static Spec<SharedEventStream> spec() {
        return new EventStreamSpec();
    }

    /** Creates a stream of events; see {@link Segment#create}. */
    public static SharedEventStream create(Segment segment, String name) {
        return segment.create(name, spec());
    }

    /** Opens a stream of events; see {@link Segment#open}. */
    public static SharedEventStream open(Segment segment, String name) {
        return segment.open(name, spec());
    }

    /** Opens a stream of events, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedEventStream openOrCreate(Segment segment, String name) {
        return segment.openOrCreate(name, spec());
    }

    /** Counts an event; false when the stream is closed. */
    public boolean emit() {
        try (Lane _ = attachment.enterToWrite()) {
            if (EventStreamDescriptor.isClosed(memory)) {
                return false;
            }
            // S1, pairs with count().
            Atomics.getAndAddLong(memory, EventStreamDescriptor.EVENT_COUNT_OFFSET, 1);
            arrivals.advance();
            return true;
        }
    }

    private long stamp() {
        return EventCount.mix(EventStreamDescriptor.count(memory), EventStreamDescriptor.isClosed(memory) ? 1 : 0);
    }

    /** Events since the stream was created. */
    public long count() {
        try (Lane _ = attachment.enterToRead()) {
            return EventStreamDescriptor.count(memory);
        }
    }

    /**
     * Waits until there are more events than so many, at most so long.
     *
     * @param seen how many events the caller has seen
     * @return how many there are now; {@code seen} when none came, or the stream is closed
     */
    public long awaitMore(long seen, Duration timeout) throws InterruptedException {
        try (Lane _ = attachment.enterToRead()) {
            arrivals.await(
                    () -> EventStreamDescriptor.count(memory) != seen || EventStreamDescriptor.isClosed(memory),
                    Deadline.after(timeout));
            // S2: events before the close are seen by who sees the close.
            return EventStreamDescriptor.count(memory);
        }
    }

    /** Ends the stream for all processes: no more events. Idempotent. */
    public void close() {
        try (Lane _ = attachment.enterToWrite()) {
            // S2, pairs with isClosed().
            Atomics.setByteRelease(memory, EventStreamDescriptor.CLOSED_OFFSET, (byte) 1);
            arrivals.advance();
        }
    }

    public boolean isClosed() {
        try (Lane _ = attachment.enterToRead()) {
            return EventStreamDescriptor.isClosed(memory);
        }
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** It holds nothing. */
    @Override
    public Occupancy occupancy() {
        attachment.ensureReadable();
        return new Occupancy(0, 0, "events");
    }

    private record EventStreamSpec() implements Spec<SharedEventStream> {

        @Override
        public StructureKind kind() {
            return KIND;
        }

        @Override
        public List<Part> parts() {
            return List.of(new Part("", EventStreamDescriptor.SIZE, _ -> {
                // Zero is no event, and open.
            }));
        }

        @Override
        public SharedEventStream bind(Blocks blocks) {
            Block block = blocks.require("");
            blocks.requireSound(EventStreamDescriptor.check(block.memory()));
            return new SharedEventStream(blocks, block);
        }
    }

    private static final class EventStreamProbe implements Probe {

        @Override
        public StructureKind kind() {
            return KIND;
        }

        @Override
        public Match match(Blocks blocks) {
            Block block = blocks.find("");
            return block != null && EventStreamDescriptor.check(block.memory()) == null ? Match.POSSIBLE : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            MemorySegment memory = blocks.require("").memory();
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("count", EventStreamDescriptor.count(memory));
            details.put("closed", EventStreamDescriptor.isClosed(memory));
            return new Description(0, new Occupancy(0, 0, "events"), details);
        }
    }
}
