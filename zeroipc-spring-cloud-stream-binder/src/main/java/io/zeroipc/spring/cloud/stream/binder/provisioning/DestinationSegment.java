package io.zeroipc.spring.cloud.stream.binder.provisioning;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.stream.provisioning.ProvisioningException;

import io.zeroipc.ElementSchema;
import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentFullException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.TableEntry;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.wait.Deadline;

/**
 * The open segment of a destination: its queues, and who is there. One for all bindings of a binder. Thread-safe.
 *
 * <p>
 * The table of the segment is the list of the groups. A counter in it grows whenever a group or an anonymous consumer has come or gone,
 * behind the change: a producer that sees it unchanged has missed nobody whose binding was complete before.
 */
public final class DestinationSegment {

    /** No group can be called so. */
    private static final String CHANGES = "~changes";
    /** Unless it has died in between. */
    private static final Duration DECLARED_WITHIN = Duration.ofSeconds(1);

    private final String destination;
    private final String name;
    private final Segment segment;
    private final SegmentRegistry registry;
    private final @Nullable ClassLoader loader;
    private final SharedCounter changes;
    private final Map<String, GroupQueue> opened = new ConcurrentHashMap<>();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Groups groups;

    /** @param loader finds records that are elements: whoever is the first to send may be a thread that does not see them */
    DestinationSegment(String destination, String name, Segment segment, SegmentRegistry registry,
            @Nullable ClassLoader loader) {
        this.loader = loader;
        this.registry = registry;
        this.destination = destination;
        this.name = name;
        this.segment = segment;
        this.changes = segment.openOrCreate(CHANGES, changesSpec());
        this.groups = new Groups(destination, -1, List.of());
    }

    static Spec<SharedCounter> changesSpec() {
        return SharedCounter.spec();
    }

    /** What applications call it. */
    public String destination() {
        return destination;
    }

    /** What channels call it. */
    public String name() {
        return name;
    }

    public Segment segment() {
        return segment;
    }

    /** The queues that messages go to now. One load from shared memory, unless somebody has come or gone. */
    public Groups groups() {
        Groups known = groups;
        return changes.get() == known.version() ? known : read();
    }

    /**
     * Tells everybody that somebody has come or gone: for whoever has found out that an anonymous consumer died.
     */
    public void changed() {
        changes.incrementAndGet();
    }

    /** The queues that are there, those of dead letters and of nobody included. */
    public List<GroupQueue> queues() {
        List<GroupQueue> queues = new ArrayList<>();
        for (TableEntry entry : segment.entries()) {
            QueueName queue = QueueName.parse(entry.name());
            if (queue != null) {
                queues.add(open(queue));
            }
        }
        return queues;
    }

    private Groups read() {
        reading.lock();
        try {
            // First: what changes meanwhile is seen next time.
            long version = changes.get();
            List<GroupQueue> present = queues().stream()
                    .filter(queue -> queue.name().kind() != QueueName.Kind.DEAD_LETTERS && queue.isOwned())
                    .toList();
            Groups now = new Groups(destination, version, present);
            groups = now;
            return now;
        } finally {
            reading.unlock();
        }
    }

    /** The queue, made if it is not there; others see it when this returns. */
    GroupQueue provision(QueueName queue, QueueSettings settings) {
        GroupQueue there = find(queue, settings);
        changed();
        return there;
    }

    private GroupQueue find(QueueName queue, QueueSettings settings) {
        requireAsDivided(queue, settings);
        GroupQueue known = opened.get(queue.text());
        if (known == null) {
            known = isThere(queue) ? open(queue) : create(queue, settings);
        }
        requireAsAsked(known, settings);
        return known;
    }

    /** Producers would give a group its messages twice: once for the whole, where perhaps nobody consumes, and once for a partition. */
    private void requireAsDivided(QueueName queue, QueueSettings settings) {
        boolean whole = queue.partition() == QueueName.WHOLE;
        List<String> others = segment.entries()
                .stream()
                .map(entry -> QueueName.parse(entry.name()))
                .filter(other -> other != null && queue.kind() == QueueName.Kind.GROUP && other.kind() == queue.kind()
                        && other.group().equals(queue.group()) && (other.partition() == QueueName.WHOLE) != whole)
                .map(other -> String.valueOf(other))
                .toList();
        if (!others.isEmpty()) {
            throw new ProvisioningException("group is there " + (whole ? "in partitions" : "without partitions")
                    + ": destination=" + destination + ", group=" + queue.group() + ", queues=" + others
                    + ", asked for by "
                    + settings.binding() + "=" + queue
                    + " (expected: partitioned alike by all applications that consume"
                    + " or require the group; or remove " + segment.path() + " while no application uses it)");
        }
    }

    private boolean isThere(QueueName queue) {
        return segment.entries().stream().anyMatch(entry -> entry.name().equals(queue.text()));
    }

    private GroupQueue create(QueueName queue, QueueSettings settings) {
        try {
            return remember(queue, segment.openOrCreate(queue.text(), settings.spec()), settings.codec());
        } catch (StructureMismatchException e) {
            if (isThere(queue)) {
                // Somebody was faster, and wants another one.
                return open(queue);
            }
            throw e;
        } catch (SegmentFullException e) {
            throw new ProvisioningException("destination has no room for another queue: destination=" + destination
                    + ", queue=" + queue + ", elements=" + settings.codec().typeName() + ", capacity="
                    + settings.capacity() + ", segment=" + segment.path() + ": " + e.getMessage()
                    + " (expected: a smaller capacity or element-size of " + settings.binding()
                    + ", or a segment with room for more: set spring.cloud.stream.zeroipc.binder.queues higher, and remove "
                    + segment.path() + " while no application uses it)", e);
        }
    }

    private GroupQueue open(QueueName queue) {
        GroupQueue known = opened.get(queue.text());
        if (known != null) {
            return known;
        }
        ElementSchema element = declared(queue);
        if (element == null) {
            throw new ProvisioningException("nobody has said what is in a queue: destination=" + destination
                    + ", queue="
                    + queue + ", catalogue=" + segment.catalogueState() + " (expected: a line about it in "
                    + segment.path() + ".zipc, which whoever created the queue writes; remove both files while no"
                    + " application uses them)");
        }
        Codec<?> codec = codec(element);
        return remember(queue, segment.open(queue.text(), SharedQueue.spec(codec, 0, OnConsumerDeath.REDELIVER)),
                codec);
    }

    /** What is in a queue; whoever has just added it says so a moment later. Null when nobody does. */
    private @Nullable ElementSchema declared(QueueName queue) {
        Deadline deadline = Deadline.after(DECLARED_WITHIN);
        int attempts = 0;
        while (true) {
            DeclaredType declared = segment.declared().get(queue.text());
            if (declared != null || deadline.expired()) {
                return declared == null ? null : declared.element();
            }
            try {
                attempts = segment.attachment().pause(attempts);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
    }

    private GroupQueue remember(QueueName queue, SharedQueue<?> open, Codec<?> codec) {
        GroupQueue made = GroupQueue.of(new ChannelName(name, queue.text()), queue, open, codec);
        GroupQueue first = opened.putIfAbsent(queue.text(), made);
        if (first == null) {
            // So that meters have a row for it, and it is the one that listeners get.
            registry.tryStructure(made.channel());
        }
        return first == null ? made : first;
    }

    /** A record that this application does not have can be told from others, and not be sent. */
    private Codec<?> codec(ElementSchema element) {
        try {
            return Codecs.forType(element.typeName(), loader);
        } catch (IllegalArgumentException e) {
            return Codecs.schema(element);
        }
    }

    private void requireAsAsked(GroupQueue queue, QueueSettings settings) {
        String present = queue.queue().elementType();
        String asked = settings.codec().typeName();
        boolean messages = EnvelopeFrames.isFrame(asked);
        if (messages != EnvelopeFrames.isFrame(present) || (settings.sizeAsked() && !present.equals(asked))) {
            throw new ProvisioningException("queue is there and has other elements: destination=" + destination
                    + ", queue=" + queue.name() + ", elements=" + present + ", asked for by " + settings.binding() + "="
                    + asked
                    + " (expected: the same element-size, element-type and native encoding in all applications; or"
                    + " remove " + segment.path() + " while no application uses it)");
        }
        int capacity = queue.queue().capacity();
        if (settings.capacityAsked() && capacity != EnvelopeFrames.rounded(settings.capacity())) {
            throw new ProvisioningException("queue is there and has another capacity: destination=" + destination
                    + ", queue=" + queue.name() + ", capacity=" + capacity + ", asked for by " + settings.binding()
                    + "="
                    + settings.capacity() + " (expected: the same in all applications, or none; or remove "
                    + segment.path() + " while no application uses it)");
        }
    }

    /** A queue for a consumer that has no group: one that is left, or a new one. */
    AnonymousClaim claimAnonymous(QueueSettings settings) {
        Map<String, GroupQueue> left = new HashMap<>();
        for (GroupQueue queue : queues()) {
            left.put(queue.name().text(), queue);
        }
        for (int number = 0;; number++) {
            QueueName queue = QueueName.anonymous(number);
            GroupQueue present = left.get(queue.text());
            if (present != null && !fits(present, settings)) {
                continue;
            }
            AnonymousClaim claim = tryClaim(present != null ? present : create(queue, settings), settings);
            if (claim != null) {
                // Before anybody is told: what comes from here on is for us.
                claim.queue().clear();
                changed();
                return claim;
            }
        }
    }

    private static @Nullable AnonymousClaim tryClaim(GroupQueue queue, QueueSettings settings) {
        try {
            return fits(queue, settings) ? queue.claim() : null;
        } catch (RoleTakenException e) {
            return null;
        }
    }

    private static boolean fits(GroupQueue queue, QueueSettings settings) {
        return queue.queue().elementType().equals(settings.codec().typeName())
                && queue.queue().capacity() == EnvelopeFrames.rounded(settings.capacity());
    }

    /** Gives an anonymous consumer's queue back. */
    void release(AnonymousClaim claim) {
        claim.release();
        if (segment.attachment().isReadable()) {
            changed();
        }
    }

    @Override
    public String toString() {
        return "DestinationSegment[" + destination + ", path=" + segment.path() + "]";
    }
}
