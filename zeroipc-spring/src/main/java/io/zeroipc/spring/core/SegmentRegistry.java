package io.zeroipc.spring.core;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.StructureKind;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;

/**
 * The segments of one application context, declared or opened in code, by name. Thread-safe.
 *
 * <p>
 * Names outlive files: where the definition says {@link OnReplaced#REATTACH}, the lookups that open
 * ({@link #get}, {@link #structure}) notice that a file was replaced and go on with the new one. Hence listeners and
 * template hold names, and ask again after a {@link io.zeroipc.SegmentDetachedException}.
 */
public interface SegmentRegistry {

    /** All names, open or not, in the order of their declaration; those of segments opened in code follow. */
    Set<String> names();

    /** How the segment was declared; empty for one that was opened in code. */
    Optional<SegmentDefinition> definition(String name);

    /** The segment if it is open now, whatever its state. Opens nothing. */
    Optional<Segment> find(String name);

    /**
     * The segment, opened now if need be, as its definition says; with {@link StartupFailurePolicy#RETRY} the first
     * opening waits. Callers that wait themselves use {@link #tryGet}.
     *
     * @throws UnknownChannelException when nobody declared or registered this name
     * @throws io.zeroipc.ZeroIpcException when it cannot be opened
     */
    Segment get(String name);

    /** As {@link #get}, with one attempt, whatever the policy says. */
    Segment tryGet(String name);

    /** The structure if its segment is open now and it was opened before. Opens nothing. */
    Optional<Structure> findStructure(ChannelName channel);

    /**
     * The structure, opened now if need be. There is one object per structure and segment, for everyone: roles that a
     * structure hands out once can be shared.
     *
     * @throws UnknownChannelException when nobody declared this segment or structure, and it was not opened in code
     * @throws io.zeroipc.ZeroIpcException when segment or structure cannot be opened
     */
    Structure structure(ChannelName channel);

    /** As {@link #structure}, with one attempt, whatever the policy says. */
    Structure tryStructure(ChannelName channel);

    /** The counters of a channel, the same for everyone in this application; made when they are first asked for. */
    ChannelOperations operations(ChannelName channel);

    /** Whether a name can be looked up: declared, or opened in code. */
    boolean isKnown(ChannelName channel);

    /**
     * Reads the name of a channel: {@code segment/structure}, or a structure of the primary segment.
     *
     * @throws UnknownChannelException when a part is missing, or for the short form when there is no primary segment
     */
    ChannelName channel(String text);

    /** As {@link #channel(String)}, where the short form means this segment. */
    ChannelName channel(String text, @Nullable String segment);

    /** Label of the kind of a channel's structure, {@code queue} for example; {@code none} when nobody knows it now. */
    default String kindOf(ChannelName channel) {
        return findStructure(channel).map(Structure::kind)
                .or(() -> definition(channel.segment())
                        .map(definition -> definition.structures().get(channel.structure()))
                        .map(StructureDefinition::kind))
                .map(StructureKind::label)
                .orElse("none");
    }

    /** The name under which a structure can be looked up; empty when its segment is not in this registry. */
    Optional<ChannelName> nameOf(Structure structure);

    /** The segment of names without one: as configured, else the only one there is. */
    Optional<String> primarySegment();

    /**
     * Adds a segment that somebody else opened and will close.
     *
     * @throws IllegalStateException when the name belongs to another segment
     */
    void register(String name, Segment segment);

    /** Adds a declared segment; opens nothing. A definition of the same name is replaced. */
    void define(SegmentDefinition definition);

    /** Takes a segment and its definition out, without closing the segment. False when the name is unknown. */
    boolean remove(String name);

    /**
     * Looks for a replaced file behind an open segment.
     *
     * @return whether the segment was found replaced, truncated or removed
     */
    boolean isDetached(String name);

    /**
     * Structures of open segments in which nobody has got past one position for some seconds, as the last look has found them;
     * empty where the registry does not look.
     */
    default List<StuckStructure> stuck() {
        return List.of();
    }

    /**
     * Deaths of processes that took part in a segment, and what this application has mended after them. The same object for
     * everyone; made when it is first asked for, whether there is such a segment or not. Stays at zero where the registry does not
     * look.
     */
    default SegmentRecoveries recoveries(String name) {
        return new SegmentRecoveries();
    }

    /** Whether lookups go on with the new file when the file of this segment is replaced. */
    boolean isReattaching(String name);

    void addListener(SegmentRegistryListener listener);

    void removeListener(SegmentRegistryListener listener);
}
