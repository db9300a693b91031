package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Segment;

/**
 * A segment that the application declares: how to open it, as often as its file is replaced, and what is in it. Made by
 * {@link #named}; immutable.
 */
public final class SegmentDefinition {

    private final String name;
    private final Supplier<Segment> opener;
    private final Supplier<Segment> reopener;
    private final SequencedMap<String, StructureDefinition> structures;
    private final OnReplaced onReplaced;
    private final StartupFailurePolicy startupFailurePolicy;
    private final Duration openTimeout;
    private final Duration openRetryInterval;

    private SegmentDefinition(Builder builder, Supplier<Segment> opener) {
        this.name = builder.name;
        this.opener = opener;
        this.reopener = builder.reopener != null ? builder.reopener : opener;
        this.structures = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(builder.structures));
        this.onReplaced = builder.onReplaced;
        this.startupFailurePolicy = builder.startupFailurePolicy;
        this.openTimeout = builder.openTimeout;
        this.openRetryInterval = builder.openRetryInterval;
    }

    private SegmentDefinition(SegmentDefinition other, Map<String, StructureDefinition> structures) {
        this.name = other.name;
        this.opener = other.opener;
        this.reopener = other.reopener;
        this.structures = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(structures));
        this.onReplaced = other.onReplaced;
        this.startupFailurePolicy = other.startupFailurePolicy;
        this.openTimeout = other.openTimeout;
        this.openRetryInterval = other.openRetryInterval;
    }

    /** Begins with the name that channels use; it need not be the name of the file. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    /** The same with further structures; later ones of the same name replace earlier ones. */
    public SegmentDefinition withStructures(Collection<StructureDefinition> more) {
        Map<String, StructureDefinition> all = new LinkedHashMap<>(structures);
        more.forEach(structure -> all.put(structure.name(), structure));
        return new SegmentDefinition(this, all);
    }

    /** The declared structures by name, in the order of their declaration. */
    public SequencedMap<String, StructureDefinition> structures() {
        return structures;
    }

    public OnReplaced onReplaced() {
        return onReplaced;
    }

    public StartupFailurePolicy startupFailurePolicy() {
        return startupFailurePolicy;
    }

    /** How long {@link StartupFailurePolicy#RETRY} waits. */
    public Duration openTimeout() {
        return openTimeout;
    }

    /** How often it looks meanwhile. */
    public Duration openRetryInterval() {
        return openRetryInterval;
    }

    /** Opens the segment, without any waiting of its own. */
    Segment open() {
        return opener.get();
    }

    /** Opens the file that replaced the one opened before. */
    Segment openAgain() {
        return reopener.get();
    }

    @Override
    public String toString() {
        return "SegmentDefinition[" + name + ", structures=" + structures.keySet() + "]";
    }

    /** Collects what there is to say about a segment. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final Map<String, StructureDefinition> structures = new LinkedHashMap<>();
        private @Nullable Supplier<Segment> reopener;
        private OnReplaced onReplaced = OnReplaced.FAIL;
        private StartupFailurePolicy startupFailurePolicy = StartupFailurePolicy.STOP;
        private Duration openTimeout = Duration.ofSeconds(10);
        private Duration openRetryInterval = Duration.ofMillis(100);

        private Builder(String name) {
            if (name.isEmpty() || name.indexOf(ChannelName.SEPARATOR) >= 0) {
                throw new IllegalArgumentException("segment cannot have this name: name=" + name
                        + " (expected: at least one character, and no '/', which separates segment and structure)");
            }
            this.name = name;
        }

        /**
         * Adds a structure; later ones of the same name replace earlier ones.
         *
         * @throws IllegalArgumentException when it says that it is of another segment
         */
        public Builder structure(StructureDefinition structure) {
            String owner = structure.segment();
            if (owner != null && !owner.equals(name)) {
                throw new IllegalArgumentException("structure is of another segment: segment=" + name + ", structure="
                        + owner + "/" + structure.name() + " (expected: " + structure.name() + ", or " + name + "/"
                        + structure.name() + ")");
            }
            structures.put(structure.name(), structure);
            return this;
        }

        public Builder structures(Collection<StructureDefinition> all) {
            all.forEach(this::structure);
            return this;
        }

        /** What to do when the file is replaced; {@link OnReplaced#FAIL} by default. */
        public Builder onReplaced(OnReplaced policy) {
            this.onReplaced = policy;
            return this;
        }

        /**
         * How to open the file that replaced the first one, where that differs: a segment that was created at start-up is
         * only opened then.
         */
        public Builder reopenWith(Supplier<Segment> again) {
            this.reopener = again;
            return this;
        }

        /** What to do when the segment does not exist at start-up; {@link StartupFailurePolicy#STOP} by default. */
        public Builder startupFailurePolicy(StartupFailurePolicy policy) {
            this.startupFailurePolicy = policy;
            return this;
        }

        /** How long {@link StartupFailurePolicy#RETRY} waits; ten seconds by default. */
        public Builder openTimeout(Duration timeout) {
            this.openTimeout = timeout;
            return this;
        }

        /** How often it looks meanwhile; every 100 ms by default. */
        public Builder openRetryInterval(Duration interval) {
            this.openRetryInterval = interval;
            return this;
        }

        /**
         * Ends with the way to open the segment: one attempt, which fails with
         * {@link io.zeroipc.SegmentNotFoundException} when there is nothing to open.
         */
        public SegmentDefinition openedBy(Supplier<Segment> opener) {
            return new SegmentDefinition(this, opener);
        }
    }
}
