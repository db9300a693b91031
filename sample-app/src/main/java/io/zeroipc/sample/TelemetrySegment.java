package io.zeroipc.sample;

import java.nio.file.Path;
import java.util.List;

import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.sync.SharedCounter;

/**
 * The segment as a program without Spring declares it. {@code application.yml} says the same in its words, and a test
 * compares the two. Whichever process comes first creates what is missing; a structure that exists is taken with the
 * capacity it has.
 */
public final class TelemetrySegment {

    /** Name of the segment, which lies in {@code /dev/shm} where that exists. */
    public static final String NAME = "zeroipc-telemetry";
    /** One minute of samples. */
    public static final int HISTORY_CAPACITY = 600;
    public static final int ALERTS_CAPACITY = 64;
    /** Most cores that are shown one by one. */
    public static final int CORES_CAPACITY = 256;
    /** How far the statistics may fall behind: some twenty-five seconds. */
    public static final int SAMPLES_CAPACITY = 256;

    private static final Codec<Telemetry> TELEMETRY = Codecs.record(Telemetry.class);
    private static final Codec<Alert> ALERT = Codecs.record(Alert.class);
    private static final Codec<Instance> INSTANCE = Codecs.record(Instance.class);
    private static final Codec<Double> SHARE = Codecs.float64();

    private static final int MAX_ENTRIES = 64;

    private TelemetrySegment() {
    }

    /**
     * Opens the segment, or creates it with room for all structures.
     *
     * @param nameOrPath a name, or the path of a file, which has a directory in it
     */
    public static Segment openOrCreate(String nameOrPath) {
        SegmentBuilder builder = nameOrPath.lastIndexOf('/') > 0
                ? Segment.at(Path.of(nameOrPath))
                : Segment.named(nameOrPath);
        return builder.participant("publisher")
                .maxEntries(MAX_ENTRIES)
                .size(requiredSize())
                .strictSize(false)
                .openOrCreate();
    }

    /** Bytes of a segment that has room for all structures. */
    public static long requiredSize() {
        return Segment.requiredSize(MAX_ENTRIES, List.of(SharedState.spec(TELEMETRY), history(HISTORY_CAPACITY),
                SharedChannel.spec(ALERT, ALERTS_CAPACITY), SharedArray.spec(SHARE, CORES_CAPACITY),
                SharedState.spec(INSTANCE), SharedQueue.spec(TELEMETRY, SAMPLES_CAPACITY), SharedCounter.spec()));
    }

    /** The newest sample. */
    public static SharedState<Telemetry> newest(Segment segment) {
        return SharedState.openOrCreate(segment, "newest", TELEMETRY);
    }

    /** The last samples, the oldest of which are overwritten. */
    public static SharedRing<Telemetry> history(Segment segment) {
        return attach(segment, "history", history(0), history(HISTORY_CAPACITY));
    }

    /** What crossed its limit. */
    public static SharedChannel<Alert> alerts(Segment segment) {
        return attach(segment, "alerts", SharedChannel.openSpec(ALERT), SharedChannel.spec(ALERT, ALERTS_CAPACITY));
    }

    /** Busy share of each core. */
    public static SharedArray<Double> cores(Segment segment) {
        return attach(segment, "cores", SharedArray.spec(SHARE, 0), SharedArray.spec(SHARE, CORES_CAPACITY));
    }

    /** Each sample once more, for the one who takes it. */
    public static SharedQueue<Telemetry> samples(Segment segment) {
        return attach(segment, "samples", SharedQueue.spec(TELEMETRY, 0),
                SharedQueue.spec(TELEMETRY, SAMPLES_CAPACITY));
    }

    /** How many samples found the queue {@code samples} full. */
    public static SharedCounter dropped(Segment segment) {
        return SharedCounter.openOrCreate(segment, "dropped");
    }

    private static Spec<SharedRing<Telemetry>> history(long capacity) {
        return SharedRing.spec(TELEMETRY, capacity, true);
    }

    private static <S extends Structure> S attach(Segment segment, String name, Spec<S> asStored, Spec<S> wanted) {
        try {
            return segment.open(name, asStored);
        } catch (StructureNotFoundException e) {
            return segment.openOrCreate(name, wanted);
        }
    }
}
