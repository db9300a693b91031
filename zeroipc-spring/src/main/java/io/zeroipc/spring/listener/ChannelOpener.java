package io.zeroipc.spring.listener;

import java.util.OptionalLong;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureKind;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypes;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StartupFailurePolicy;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;

/** Finds the structure behind a channel's name, and checks that the listener can consume it. */
record ChannelOpener(String listenerId, ElementListener listener, ListenerSettings settings, SegmentRegistry registry) {

    private static final Log LOG = LogFactory.getLog(ChannelOpener.class);

    /** Kinds whose consumers share the elements, whatever their options. */
    private static final Set<StructureKind> ALWAYS_SHARED = Set.of(SharedQueue.KIND, SharedStack.KIND);
    private static final String REMEDY_ARRIVALS = "a structure that elements arrive at: "
            + String.join(", ", Catalog.labels(Source.class));

    /**
     * Begins to consume.
     *
     * @throws UnsupportedChannelTypeException when the structure does not fit the listener
     * @throws RoleTakenException when somebody else consumes where only one may
     * @throws StructureBusyException when as many subscribe to a topic as can
     */
    AttachedChannel open(ChannelName channel) {
        Structure structure = isAwaited(channel) ? registry.tryStructure(channel) : registry.structure(channel);
        Source<?> source = requireSource(channel, structure);
        PayloadForm form = formOf(channel, structure);
        // Structures decode faster, many elements at a time, but what they cannot decode is gone.
        Codec<?> codec = settings.failures().isDeadLettering() ? ElementTypes.declaredCodec(registry, channel) : null;
        try {
            // Where elements cannot be kept, manual may be the default that yields.
            if (settings.getAckMode() != AckMode.NONE && source.canCommit()) {
                listener.attaching(channel, source);
                CommittingIntake<?> intake = source.committingIntake();
                return new AttachedChannel(source, intake, form, new Commits(intake, settings.getAckMode()), codec);
            }
            OptionalLong position = listener.attaching(channel, source);
            if (position.isPresent() && source.canContinue()) {
                return new AttachedChannel(source, source.intakeBehind(position.getAsLong()), form, Commits.BY_POSITION,
                        codec);
            }
            Intake<?> intake = source.intake(settings.getStartPosition());
            return new AttachedChannel(source,
                    form == PayloadForm.SAMPLE && intake instanceof TopicSubscriber subscriber
                            ? new SampleIntake(subscriber)
                            : intake,
                    form, Commits.NONE, codec);
        } catch (IllegalStateException e) {
            if (!structure.segment().isReadOnly()) {
                throw e;
            }
            UnsupportedChannelTypeException readOnly = new UnsupportedChannelTypeException(channel,
                    structure.kind().label(), "listener " + listenerId + " in a segment that is opened read-only",
                    "mode open or open-or-create of the segment: who takes elements changes it");
            readOnly.addSuppressed(e);
            throw readOnly;
        } catch (StructureBusyException e) {
            // Of a topic that has no room for another subscriber.
            throw new StructureBusyException(e.getMessage() + ", wanted by listener=" + listenerId, e.segment(),
                    e.structure(), e);
        } catch (RoleTakenException e) {
            throw new RoleTakenException(e.getMessage() + ", wanted by listener=" + listenerId, e.segment(),
                    e.structure(), e.role(), e.holder(), e);
        }
    }

    /**
     * Finds what can be found out before the structure is there.
     *
     * @throws io.zeroipc.spring.core.UnknownChannelException when nobody declared the channel
     */
    void check(ChannelName channel) {
        if (!registry.isKnown(channel)) {
            // Fails with the message for unknown names.
            registry.tryStructure(channel);
        }
        registry.findStructure(channel).ifPresentOrElse(structure -> {
            requireSource(channel, structure);
            formOf(channel, structure);
        }, () -> registry.definition(channel.segment())
                .map(definition -> definition.structures().get(channel.structure()))
                .ifPresent(declared -> checkDeclared(channel, declared)));
    }

    private PayloadForm formOf(ChannelName channel, Structure structure) {
        PayloadForm form = listener.formOf(channel, structure.elementType(),
                ElementTypes.of(registry, structure, null));
        if (form == PayloadForm.SAMPLE && !(structure instanceof SharedTopic)) {
            throw new UnsupportedChannelTypeException(channel, structure.kind().label(),
                    "a Sample for listener " + listenerId,
                    "the element, byte[] or MemorySegment: samples are messages of a topic");
        }
        return form;
    }

    private void checkDeclared(ChannelName channel, StructureDefinition declared) {
        String kind = declared.kind().label();
        if (Catalog.find(kind).filter(type -> !Source.class.isAssignableFrom(type.structureClass())).isPresent()) {
            throw noArrivals(channel, kind);
        }
        if (declared.codec() != null) {
            listener.formOf(channel, declared.codec().typeName(), declared.codec().type());
        }
    }

    /** How many threads consume the channel: those that are wanted, where it takes more than one. */
    int concurrency(ChannelName channel) {
        int wanted = settings.getConcurrency();
        if (wanted == 1 || !settings.isDefault(ListenerSettings.CONCURRENCY) || isShared(channel)) {
            return wanted;
        }
        LOG.info("listener has one thread for a channel, and not the number that is the default: id=" + listenerId
                + ", channel=" + channel + ", default=" + wanted
                + " (it is not there yet, has one consumer at a time, or shows each of them every element)");
        return 1;
    }

    /** Whether several consumers of the channel share its elements, as far as that is known. */
    private boolean isShared(ChannelName channel) {
        return registry.findStructure(channel)
                .map(structure -> structure instanceof Source<?> source && !source.isSingleConsumer()
                        && !source.isBroadcast())
                .orElseGet(() -> registry.definition(channel.segment())
                        .map(definition -> definition.structures().get(channel.structure()))
                        .filter(declared -> ALWAYS_SHARED.contains(declared.kind()))
                        .isPresent());
    }

    /** Whether the channel may appear later: the listener waits for it then. */
    boolean isAwaited(ChannelName channel) {
        return !settings.isMissingStructureFatal() || registry.definition(channel.segment())
                .map(SegmentDefinition::startupFailurePolicy)
                .orElse(StartupFailurePolicy.STOP) == StartupFailurePolicy.CONTINUE;
    }

    boolean isReattaching(ChannelName channel) {
        return registry.isReattaching(channel.segment());
    }

    boolean isDetached(ChannelName channel) {
        return registry.isDetached(channel.segment());
    }

    /** Whether a failure to open may be over in a moment: nobody has created it yet. */
    static boolean isAbsence(RuntimeException failure) {
        return failure instanceof SegmentNotFoundException || failure instanceof StructureNotFoundException;
    }

    /** As {@link #isAbsence}, for a segment whose creator is just building it again. */
    static boolean isRebuilding(RuntimeException failure) {
        return isAbsence(failure) || failure instanceof SegmentFormatException
                || failure instanceof SegmentDetachedException;
    }

    /** Whether acknowledgment is no demand on channels that cannot keep their elements. */
    private boolean isAcknowledgmentYielding() {
        return settings.isDefault(ListenerSettings.ACK_MODE) && !listener.needsAcknowledgment();
    }

    /** Tells which defaults do not apply to a channel that was opened. */
    void tellYielded(ChannelName channel, AttachedChannel attached) {
        if (settings.getAckMode() == AckMode.MANUAL && !attached.source().canCommit()) {
            LOG.info("listener cannot acknowledge on a channel, and ackMode=manual is only the default: id="
                    + listenerId
                    + ", channel=" + channel + ", ackMode=auto (taking an element removes it, or nothing does)");
        }
    }

    private Source<?> requireSource(ChannelName channel, Structure structure) {
        String kind = structure.kind().label();
        if (!(structure instanceof Source<?> source)) {
            throw noArrivals(channel, kind);
        }
        int concurrency = settings.isDefault(ListenerSettings.CONCURRENCY) ? 1 : settings.getConcurrency();
        if (concurrency > 1 && source.isSingleConsumer()) {
            throw new UnsupportedChannelTypeException(channel, kind,
                    "concurrency=" + concurrency + " of listener " + listenerId,
                    "concurrency=1: this structure has one consumer at a time");
        }
        if (concurrency > 1 && source.isBroadcast()) {
            throw new UnsupportedChannelTypeException(channel, kind,
                    "concurrency=" + concurrency + " of listener " + listenerId,
                    "concurrency=1: each thread would see every element");
        }
        if (source instanceof SharedTopic && settings.getStartPosition() == Source.Start.EARLIEST
                && !settings.isDefault(ListenerSettings.START_POSITION)) {
            throw new UnsupportedChannelTypeException(channel, kind, "startPosition=earliest of listener " + listenerId,
                    "startPosition=latest: a subscriber gets what is sent after it has subscribed");
        }
        if (settings.getAckMode() == AckMode.MANUAL && !source.canCommit() && !isAcknowledgmentYielding()) {
            throw new UnsupportedChannelTypeException(channel, kind, "ackMode=manual of listener " + listenerId,
                    source.isBroadcast()
                            ? "ackMode=auto or none: each reader has a position of its own, and removes nothing"
                            : "ackMode=auto or none: taking an element removes it (a queue or buffered channel keeps it with"
                                    + " on-consumer-death=redeliver)");
        }
        return source;
    }

    private UnsupportedChannelTypeException noArrivals(ChannelName channel, String kind) {
        return new UnsupportedChannelTypeException(channel, kind, "listener " + listenerId, REMEDY_ARRIVALS);
    }
}
