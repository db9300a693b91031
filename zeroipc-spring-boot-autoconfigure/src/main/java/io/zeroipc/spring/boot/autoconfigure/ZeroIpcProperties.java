package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

import io.zeroipc.inspect.Declaration;
import io.zeroipc.segment.HugePages;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.OwnerRule;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.StartupFailurePolicy;
import io.zeroipc.spring.core.StructureMode;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.DeadLetterFullAction;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.FailureSettings;
import io.zeroipc.spring.listener.ListenerSetting;
import io.zeroipc.spring.listener.ListenerSettings;

/**
 * Everything under {@code zeroipc}. Bound twice: early, by the registrar of the segment and structure beans, and as a
 * bean for everybody else.
 *
 * @param enabled Whether segments, structures and listeners are set up.
 * @param baseDirectory Directory of the segments that have no path. Defaults to '/dev/shm' where that exists and to the
 *            directory for temporary files elsewhere.
 * @param filePrefix Text in front of the file names of the segments that have no path, which keeps applications apart.
 * @param startupFailurePolicy What happens at startup when a segment does not exist that another process creates.
 * @param openTimeout How long to wait for a segment that another process has yet to create, with the policy 'retry', or
 *            has begun and not finished, with any policy.
 * @param openRetryInterval How often to look for a segment that does not exist yet.
 * @param primarySegment Segment of the channels that are given by the name of a structure alone. Defaults to the only
 *            segment when there is one.
 * @param segments Segments to create or to open, by name.
 * @param arenas Packed arenas to create or to open, by name: files with arrays and a manifest that says where they lie.
 */
@ConfigurationProperties("zeroipc")
public record ZeroIpcProperties(@DefaultValue("true") boolean enabled, @Nullable Path baseDirectory,
        @DefaultValue("") String filePrefix, @DefaultValue("stop") StartupFailurePolicy startupFailurePolicy,
        @DefaultValue("10s") Duration openTimeout, @DefaultValue("100ms") Duration openRetryInterval,
        @Nullable String primarySegment, @DefaultValue Map<String, Segment> segments,
        @DefaultValue Map<String, Arena> arenas, @DefaultValue Listener listener,
        @DefaultValue Template template, @DefaultValue Metrics metrics, @DefaultValue Health health) {

    public ZeroIpcProperties {
        segments = inOrder(segments);
        arenas = inOrder(arenas);
    }

    /** Map.copyOf forgets the order of declaration, which is the order of creation in the file. */
    private static <V> Map<String, V> inOrder(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /** How a segment comes into being. */
    public enum SegmentMode {
        /** Opens it when it exists and creates it otherwise. */
        OPEN_OR_CREATE,
        /** Creates it; that it exists is an error. */
        CREATE,
        /** Opens it; that it does not exist is an error. */
        OPEN,
        /** Opens it for reading; nothing in it can be changed, which also means that nothing can be consumed. */
        READ_ONLY,
        /** Creates it in place of an existing one. */
        RECREATE;

        /** Whether a size is of use: the segment may have to be made here. */
        boolean mayCreate() {
            return this != OPEN && this != READ_ONLY;
        }
    }

    /**
     * One segment.
     *
     * @param enabled Whether the segment is opened and its beans exist.
     * @param name Name of the segment's file. Defaults to the segment's key.
     * @param path Path of the segment's file. Defaults to the name in the base directory.
     * @param mode How the segment comes into being.
     * @param size Size of a new segment. Defaults to what the declared structures need.
     * @param maxEntries Number of entries in the table of a new segment. Defaults to 64, or to what the declared structures
     *            need. Peers in C++ and Python that open with default arguments know segments of up to 64 entries.
     * @param permissions Permissions of a new segment, such as 'rw-rw----' or '0660'. That everybody may write must be said in words:
     *            'rw-rw-rw-'.
     * @param preallocate Whether a new segment takes all its bytes from the file system at once, so that a full one is
     *            an error at startup and not a crash later.
     * @param owner Whose existing segments may be opened.
     * @param onClose What becomes of the file when the application ends.
     * @param onReplaced What happens when another process replaces the file while it is in use.
     * @param strictSize Whether an existing segment of another size than the one given is refused.
     * @param catalogue Whether the types of the structures that are created here are written to a file beside the
     *            segment, for tools and other languages, and what is opened is compared with it.
     * @param recovery Whether this application says in a file beside the segment what it is about to take and what it holds, so
     *            that others end what it has begun when it dies, and does so for them.
     * @param hugePages Whether this application asks the kernel for huge pages, and starts without them.
     * @param numaNode NUMA node that the segment's memory is to be of. Defaults to the kernel's choice.
     * @param preTouch Whether all pages are mapped at startup, so that no later access is the first one to its page.
     * @param manifest File to write where everything lies in the segment, for programs without a library. A relative path
     *            starts at the segment's directory.
     * @param structures Structures of the segment, by name, in the order of their creation.
     */
    public record Segment(@DefaultValue("true") boolean enabled, @Nullable String name, @Nullable Path path,
            @DefaultValue("open-or-create") SegmentMode mode, @Nullable DataSize size,
            @Nullable Integer maxEntries, @DefaultValue("rw-------") SegmentPermissions permissions,
            @DefaultValue("true") boolean preallocate, @DefaultValue("same-or-root") OwnerRule owner,
            @DefaultValue("keep") OnClose onClose, @DefaultValue("fail") OnReplaced onReplaced,
            @DefaultValue("true") boolean strictSize, @DefaultValue("true") boolean catalogue,
            @DefaultValue("true") boolean recovery, @DefaultValue("never") HugePages hugePages,
            @Nullable Integer numaNode, @DefaultValue("false") boolean preTouch, @Nullable Path manifest,
            @DefaultValue Map<String, Structure> structures) {

        public Segment {
            structures = inOrder(structures);
        }
    }

    /**
     * One structure of a segment.
     *
     * @param enabled Whether the structure is opened and its bean exists.
     * @param name Name in the segment's table, which other processes know it by. Defaults to the structure's key.
     * @param type Kind of the structure. Required, unless the structure is only opened and is to be what its creator has declared.
     * @param elementType Type of an element, such as 'int32', 'float64', 'string(16)', 'bytes' with an element size, or
     *            the name of a record. Defaults to 'bytes' where there is an element size.
     * @param codec Name of a bean that stores the elements, in place of an element type.
     * @param elementSize Size of an element of type 'bytes', 'string' or 'frame'.
     * @param capacity Number of elements. Required to create kinds that have one, optional to open them.
     * @param shape Number of elements in each dimension of an array, such as rows and columns, in place of a capacity.
     * @param mode How the structure comes into being.
     * @param beanName Name of the bean. Defaults to 'segment.structure'.
     * @param primary Whether the bean is preferred when several of its type could be injected.
     * @param lazy Whether the structure is opened only when it is first asked for.
     * @param options What only some kinds know, such as 'overwrite' of a ring.
     */
    public record Structure(@DefaultValue("true") boolean enabled, @Nullable String name, @Nullable String type,
            @Nullable String elementType, @Nullable String codec, @Nullable DataSize elementSize,
            @Nullable Long capacity, @Nullable List<Long> shape,
            @DefaultValue("open-or-create") StructureMode mode, @Nullable String beanName,
            @DefaultValue("false") boolean primary, @DefaultValue("false") boolean lazy,
            @DefaultValue Map<String, String> options) {

        /** Of options that are written as lists; the name of the option is what is in front. */
        private static final Pattern ELEMENT = Pattern.compile("(.+?)(?:\\.[0-9]+|\\[[0-9]+])");

        public Structure {
            shape = shape == null ? null : List.copyOf(shape);
            options = inOrder(joined(options));
            if (shape != null && !options.containsKey(Declaration.SHAPE)) {
                Map<String, String> all = new LinkedHashMap<>(options);
                all.put(Declaration.SHAPE, shape.toString());
                options = inOrder(all);
            }
        }

        /** With the elements of each list in one text, as they would be written without dashes. */
        private static Map<String, String> joined(Map<String, String> options) {
            Map<String, String> joined = new LinkedHashMap<>();
            options.forEach((name, value) -> {
                Matcher element = ELEMENT.matcher(name);
                joined.merge(element.matches() ? element.group(1) : name, value,
                        (before, next) -> before + ", " + next);
            });
            return joined;
        }
    }

    /** How a packed arena comes into being. */
    public enum ArenaMode {
        /** Opens it; that it does not exist is an error. */
        OPEN,
        /** Opens it for reading; nothing in it can be changed. */
        READ_ONLY,
        /** Creates it, file and manifest; that one of them exists is an error. */
        CREATE,
        /** Opens it when its manifest exists and creates it otherwise. */
        OPEN_OR_CREATE;

        boolean mayCreate() {
            return this == CREATE || this == OPEN_OR_CREATE;
        }
    }

    /**
     * One packed arena.
     *
     * @param enabled Whether the arena is opened and its beans exist.
     * @param manifest File that says where the arrays lie. Required.
     * @param file File of the arrays. A relative path starts at the manifest's directory. Defaults to the one that the manifest
     *            names, or else to the one beside it with its name.
     * @param mode How the arena comes into being.
     * @param permissions Permissions of a new arena's files, such as 'rw-rw----' or '0660'.
     * @param watchInterval How often to look for a new manifest. Zero does not look.
     * @param arrays Arrays of the arena, by name. Required to create it, and optional to open it: what is said of them there is
     *            checked.
     */
    public record Arena(@DefaultValue("true") boolean enabled, @Nullable Path manifest, @Nullable Path file,
            @DefaultValue("open") ArenaMode mode, @DefaultValue("rw-------") SegmentPermissions permissions,
            @DefaultValue("1s") Duration watchInterval, @DefaultValue Map<String, Array> arrays) {

        public Arena {
            arrays = inOrder(arrays);
        }
    }

    /**
     * One array of a packed arena.
     *
     * @param elementType Type of an element, such as 'int32', 'float64', 'string(16)', or the name of a record.
     * @param shape Number of elements in each dimension, such as rows and columns.
     */
    public record Array(@Nullable String elementType, @Nullable List<Long> shape) {

        public Array {
            shape = shape == null ? null : List.copyOf(shape);
        }
    }

    /** Whether a listener is called for each element or for many at once. */
    public enum ListenerType {
        /** For each element. */
        SINGLE,
        /** For as many elements as there are, up to the size of a batch. */
        BATCH
    }

    /**
     * What listeners inherit that do not say otherwise.
     *
     * @param enabled Whether methods annotated with '@ChannelListener' are looked for.
     * @param autoStartup Whether listeners start with the application.
     * @param type Whether a listener is called for each element or for many at once. Listeners with a list as parameter
     *            are always called for many.
     * @param concurrency Number of threads for each channel. Structures with a single consumer allow one.
     * @param maxBatchSize Maximum number of elements to take at once, for a listener of any type.
     * @param batchReceiveTimeout How long a batch waits to be filled, once it has an element. Zero takes what is there.
     * @param ackMode When an element is removed from a structure that can keep it until it is processed.
     * @param startPosition Where to begin in structures that keep their elements, when a listener starts.
     * @param waitStrategy What a thread does while its channel is empty: 'block', 'spin', 'yield', 'backoff', 'park', or the name
     *            of a WaitStrategy bean.
     * @param foreignPollInterval How often one thread looks for listeners that nobody wakes, with the wait strategy 'block'.
     * @param maxIdleDelay Interval to which these looks become rarer while nothing arrives, without native access and for virtual
     *            threads. Defaults to the foreign poll interval.
     * @param pollerThreads How many threads wait for all listeners together, with the wait strategy 'block'. 0 for listeners that wait
     *            in threads of their own.
     * @param idleEventInterval How long nothing must have arrived for an event to say so, and after which it does again. No
     *            events when this is not set.
     * @param shutdownTimeout How long a stop waits for a listener to return before its threads are interrupted.
     * @param drainOnStop Whether a stop first takes what is there, as long as the shutdown timeout allows.
     * @param missingStructureFatal Whether a declared structure that does not exist is a failure, and not to be waited for.
     * @param phase Phase of the application's start and end in which listeners start and stop.
     * @param observationEnabled Whether each call of a listener is observed, for timers and traces. Dear beside the call.
     * @param failureAction What becomes of an element that a listener could not process, after the last attempt.
     * @param endpoints What a single listener has instead, by its id and the name of a property in this group, such as
     *            'alerts.concurrency' for the listener 'alerts'. Wins over the annotation.
     */
    public record Listener(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean autoStartup,
            @DefaultValue("single") ListenerType type, @DefaultValue("1") int concurrency,
            @DefaultValue("256") int maxBatchSize, @DefaultValue("0ms") Duration batchReceiveTimeout,
            @DefaultValue("auto") AckMode ackMode, @DefaultValue("latest") Source.Start startPosition,
            @DefaultValue("block") String waitStrategy, @DefaultValue("1ms") Duration foreignPollInterval,
            @Nullable Duration maxIdleDelay, @DefaultValue("0") int pollerThreads, @Nullable Duration idleEventInterval,
            @DefaultValue("10s") Duration shutdownTimeout, @DefaultValue("false") boolean drainOnStop,
            @DefaultValue("true") boolean missingStructureFatal, @DefaultValue("2147483547") int phase,
            @DefaultValue("false") boolean observationEnabled, @DefaultValue Retry retry,
            @DefaultValue("discard") FailureAction failureAction, @DefaultValue DeadLetter deadLetter,
            @DefaultValue Map<String, String> endpoints) {

        public Listener {
            endpoints = inOrder(endpoints);
        }

        /** What listeners inherit: a value, or a text that stands for one, for each setting. */
        Map<ListenerSetting<?>, Object> settings() {
            Map<ListenerSetting<?>, Object> settings = new LinkedHashMap<>();
            settings.put(ListenerSettings.AUTO_STARTUP, autoStartup);
            if (type == ListenerType.BATCH) {
                // The other type is no demand: methods that take lists are there as well.
                settings.put(ListenerSettings.BATCH, true);
            }
            settings.put(ListenerSettings.CONCURRENCY, concurrency);
            settings.put(ListenerSettings.MAX_BATCH_SIZE, maxBatchSize);
            settings.put(ListenerSettings.BATCH_RECEIVE_TIMEOUT, batchReceiveTimeout);
            settings.put(ListenerSettings.ACK_MODE, ackMode);
            if (idleEventInterval != null) {
                settings.put(ListenerSettings.IDLE_EVENT_INTERVAL, idleEventInterval);
            }
            settings.put(ListenerSettings.DRAIN_ON_STOP, drainOnStop);
            settings.put(ListenerSettings.MISSING_STRUCTURE_FATAL, missingStructureFatal);
            settings.put(ListenerSettings.START_POSITION, startPosition);
            settings.put(ListenerSettings.WAIT_STRATEGY, waitStrategy);
            settings.put(ListenerSettings.FOREIGN_POLL_INTERVAL, foreignPollInterval);
            if (maxIdleDelay != null) {
                settings.put(ListenerSettings.MAX_IDLE_DELAY, maxIdleDelay);
            }
            settings.put(ListenerSettings.SHUTDOWN_TIMEOUT, shutdownTimeout);
            settings.put(ListenerSettings.PHASE, phase);
            settings.put(ListenerSettings.OBSERVATION_ENABLED, observationEnabled);
            settings.put(FailureSettings.FAILURE_ACTION, failureAction);
            retry.addTo(settings);
            deadLetter.addTo(settings);
            return settings;
        }
    }

    /**
     * When a listener that failed is called again with the same element.
     *
     * @param enabled Whether a listener that failed is called again with the same element.
     * @param maxRetries Maximum number of further calls.
     * @param delay Time to wait before the first of them.
     * @param multiplier Number that the time to wait is multiplied by from one call to the next.
     * @param maxDelay Maximum time to wait.
     * @param jitter Time by which the time to wait varies at random, at most.
     */
    public record Retry(@DefaultValue("false") boolean enabled, @DefaultValue("3") long maxRetries,
            @DefaultValue("100ms") Duration delay, @DefaultValue("1") double multiplier,
            @DefaultValue("5s") Duration maxDelay, @DefaultValue("0ms") Duration jitter) {

        void addTo(Map<ListenerSetting<?>, Object> settings) {
            settings.put(FailureSettings.RETRY_ENABLED, enabled);
            settings.put(FailureSettings.RETRY_MAX_RETRIES, maxRetries);
            settings.put(FailureSettings.RETRY_DELAY, delay);
            settings.put(FailureSettings.RETRY_MULTIPLIER, multiplier);
            settings.put(FailureSettings.RETRY_MAX_DELAY, maxDelay);
            settings.put(FailureSettings.RETRY_JITTER, jitter);
        }
    }

    /**
     * Where elements go that listeners could not process.
     *
     * @param channel Channel that gets them with the failure action 'dead-letter': of type 'frame', for the reason to come
     *            along, or of the same elements.
     * @param fullAction What happens when that channel does not take one, because it is full or not there.
     */
    public record DeadLetter(@Nullable String channel, @DefaultValue("discard") DeadLetterFullAction fullAction) {

        void addTo(Map<ListenerSetting<?>, Object> settings) {
            if (channel != null && !channel.isBlank()) {
                settings.put(FailureSettings.DEAD_LETTER_CHANNEL, channel);
            }
            settings.put(FailureSettings.DEAD_LETTER_FULL_ACTION, fullAction);
        }
    }

    /**
     * How the template sends and receives.
     *
     * @param defaultChannel Channel to send to when none is given.
     * @param replyChannel Channel of 'frame' on which this instance, and no other, receives replies to its requests.
     * @param sendTimeout How long sending waits for room in a full channel. Zero does not wait.
     * @param fullAction What happens when no room has come in that time.
     * @param receiveTimeout How long receiving waits for an element before it returns nothing. Zero does not wait.
     * @param envelopeEnabled Whether bytes travel in envelopes, which carry the trace, on channels of 'frame' and 'bytes'.
     * @param observationEnabled Whether each sending is observed, for timers and traces. Dear beside the sending.
     */
    public record Template(@Nullable String defaultChannel, @Nullable String replyChannel,
            @DefaultValue("0ms") Duration sendTimeout,
            @DefaultValue("fail") FullAction fullAction, @DefaultValue("0ms") Duration receiveTimeout,
            @DefaultValue("false") boolean envelopeEnabled, @DefaultValue("false") boolean observationEnabled) {}

    /**
     * What is measured.
     *
     * @param enabled Whether meters are registered.
     * @param structures Whether there are meters for each structure beside those for each segment.
     * @param listenerTimers Whether calls of listeners are timed: each, or one of sixteen where they are quick.
     */
    public record Metrics(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean structures,
            @DefaultValue("true") boolean listenerTimers) {}

    /**
     * When a full segment or structure is unhealthy.
     *
     * @param segmentUsageThreshold Usage of a segment, from 0 to 1, from which on it is reported as down. Usage does not
     *            matter when this is not set.
     * @param structureUsageThreshold Usage of a structure, from 0 to 1, from which on its segment is reported as down.
     *            Usage does not matter when this is not set.
     */
    public record Health(@Nullable Double segmentUsageThreshold, @Nullable Double structureUsageThreshold) {}
}
