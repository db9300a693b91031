package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.List;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureKind;
import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.format.TopicDescriptor.Layout;
import io.zeroipc.os.ProcessIdentity;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;

/**
 * Messages of any size up to that of a chunk, that are written where they are read: nothing is copied. Any number of threads in up to
 * 255 processes publish; up to 32 subscribers, in any processes, get every message that is sent after they have subscribed. Thread-safe.
 * The layout is this library's own: {@code docs/format/topic.md}.
 *
 * <pre>{@code
 * SharedTopic frames = segment.openOrCreate("frames", SharedTopic.spec(16, 1 << 20));
 *
 * try (Loan loan = frames.publisher().loan(bytes)) {
 *     fill(loan.memory());
 *     loan.send();
 * }
 *
 * try (TopicSubscriber subscriber = frames.subscribe()) {
 *     try (Sample sample = subscriber.receive()) {
 *         show(sample.memory());
 *     }
 * }
 * }</pre>
 *
 * <p>
 * A chunk is free again when all who subscribed before its message was sent have read it and closed their samples. While none is,
 * {@link TopicPublisher#loan} waits; sending never does. {@link #holders} says who is waited for. If a participant of the segment is
 * killed, the chunks it has on loan, holds or has yet to read come back; a message is published whole or not at all.
 *
 * <p>
 * To code that does not know its kind, it is a source and a sink of byte arrays, which copies: except in
 * {@link TopicSubscriber#pollSlot}.
 *
 * <p>
 * The protocol, its invariants, and what happens if a process dies, stand in {@link TopicChunks}.
 */
public final class SharedTopic implements Source<byte[]>, Sink<byte[]> {

    public static final StructureKind KIND = StructureKind.of("topic");
    public static final Probe PROBE = new TopicSpec.TopicProbe();

    /** Subscribers at the same time. */
    public static final int SUBSCRIBERS_MAX = TopicDescriptor.SUBSCRIBERS;

    static final String UNIT = "chunks";

    private final Binding binding;
    private final Attachment attachment;
    private final long blockOffset;
    private final TopicChunks chunks;
    private final EventCount arrivals;
    private final EventCount departures;
    private final TopicRecoverer recoverer;
    private final TopicPublisher publisher;
    private final TopicOutlet outlet;

    SharedTopic(Blocks blocks, Block block, Layout layout) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.blockOffset = block.offset();
        MemorySegment memory = block.memory();
        this.chunks = new TopicChunks(memory, layout, describe());
        this.arrivals = attachment.arrivals(block, chunks::arrivalStamp);
        this.departures = attachment.departures(block, chunks::departureStamp);
        this.recoverer = new TopicRecoverer(chunks, departures);
        this.publisher = attachment.shared(TopicPublisher.class, block,
                () -> new TopicPublisher(this, chunks, departures));
        this.outlet = new TopicOutlet(publisher, departures);
        attachment.recoverer(TopicRecoverer.class, block, () -> recoverer);
    }

    /**
     * A topic to create or open.
     *
     * @param chunks messages that can be on their way at the same time, 1 to 2^20; to open, 0 accepts what is stored, and anything else
     *            must match it
     * @param chunkSize bytes of the longest message, 1 to 2^40, rounded up to a multiple of 64; 0 accepts what is
     *            stored, and creates chunks of 4096 bytes
     */
    public static Spec<SharedTopic> spec(int chunks, long chunkSize) {
        return new TopicSpec(chunks, chunkSize);
    }

    /** Creates a topic; see {@link Segment#create} and {@link #spec}. */
    public static SharedTopic create(Segment segment, String name, int chunks, long chunkSize) {
        return segment.create(name, spec(chunks, chunkSize));
    }

    /** Opens a topic of whatever size; see {@link Segment#open}. */
    public static SharedTopic open(Segment segment, String name) {
        return segment.open(name, spec(0, 0));
    }

    /** Opens a topic, or creates it; see {@link Segment#openOrCreate} and {@link #spec}. */
    public static SharedTopic openOrCreate(Segment segment, String name, int chunks, long chunkSize) {
        return segment.openOrCreate(name, spec(chunks, chunkSize));
    }

    /** The sending side: the same for all who have opened the topic through this segment. */
    public TopicPublisher publisher() {
        return publisher;
    }

    /**
     * Subscribes: gets each message that is sent from here on. Publishers wait for it in the end, until it is closed.
     *
     * @throws StructureBusyException when there are {@value TopicDescriptor#SUBSCRIBERS} already; its message says who they are
     */
    public TopicSubscriber subscribe() {
        try (Lane _ = attachment.enterToWrite()) {
            return TopicSubscriber.subscribe(this, chunks);
        }
    }

    @Override
    public boolean isSingleConsumer() {
        return false;
    }

    @Override
    public boolean isBroadcast() {
        return true;
    }

    /** As {@link #subscribe}: begins with what is sent next, whatever {@code start} says. */
    @Override
    public TopicSubscriber intake(Start start) {
        return subscribe();
    }

    /** Copies what it sends into a chunk. Always the same. */
    @Override
    public Outlet<byte[]> outlet() {
        return outlet;
    }

    /** {@code message(n)}: any number of bytes up to n, which no codec lays out. */
    @Override
    public String elementType() {
        return "message(" + Math.min(chunkSize(), TopicSubscriber.COPY_MAX) + ")";
    }

    /** Messages that can be on their way at the same time. */
    public int chunks() {
        return chunks.chunks();
    }

    /** Bytes of the longest message. */
    public long chunkSize() {
        return chunks.chunkSize();
    }

    /** Subscribers that take part: a moment ago. */
    public int subscribers() {
        return attachment.reading(() -> Integer.bitCount(chunks.active()));
    }

    /** Messages that were ever sent: an estimate. */
    public long sent() {
        return attachment.reading(chunks::tail);
    }

    /** Bytes of the messages that are on their way or read, and of all chunks that are on loan: an estimate, of all processes. */
    public long bytesInUse() {
        return attachment.reading(() -> chunks.use().bytes());
    }

    /** Who keeps chunks from being free, a moment ago; empty when all are free. Looks at each chunk. */
    public List<TopicHolder> holders() {
        return attachment.reading(() -> TopicHolder.of(attachment, chunks.holds()));
    }

    /** Who subscribes, a moment ago, also those who keep nothing; one that was closed counts while a sample of it is open. */
    public List<TopicHolder> subscriptions() {
        return attachment.reading(() -> TopicHolder.of(attachment, chunks.subscriptions()));
    }

    /** Chunks that are not free of all there are: an estimate, which looks at each. */
    @Override
    public Occupancy occupancy() {
        return attachment.reading(() -> new Occupancy(chunks.use().chunks(), chunks(), UNIT));
    }

    @Override
    public Binding binding() {
        return binding;
    }

    @Override
    public String toString() {
        return "SharedTopic[" + describe() + ", chunks=" + chunks() + ", chunkSize=" + chunkSize() + "]";
    }

    String describe() {
        return binding.describe();
    }

    Attachment attachment() {
        return attachment;
    }

    long blockOffset() {
        return blockOffset;
    }

    EventCount arrivals() {
        return arrivals;
    }

    EventCount departures() {
        return departures;
    }

    /** What entries say of this process. */
    long owner() {
        long self = attachment.self();
        return self == 0 ? TopicDescriptor.foreignOwner(ProcessIdentity.current().pid()) : self;
    }

    /** Gives back what the dead have left, also when nobody has noticed so far that it is theirs. */
    void mend() {
        try (Lane _ = attachment.enterToWrite()) {
            attachment.withRemains(blockOffset, recoverer::recover);
        }
    }
}
