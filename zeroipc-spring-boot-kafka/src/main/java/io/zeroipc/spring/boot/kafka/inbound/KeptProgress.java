package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.file.Path;
import java.util.List;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;

/**
 * What a bridge keeps beside the segment that it fills, in a segment of its own. Whoever has it open is the one process that
 * carries this bridge. For one thread.
 */
final class KeptProgress implements AutoCloseable {

    /** Origins of which the positions are known, of structures that are given every element. */
    static final int ORIGINS_MAX = 256;

    private static final String PROGRESS = "progress";
    private static final String SEEN = "seen";
    private static final int ENTRIES = 4;

    private final Segment segment;
    private final Progress progress;
    private final SeenPositions seen;

    private KeptProgress(Segment segment, Progress progress, SeenPositions seen) {
        this.segment = segment;
        this.progress = progress;
        this.seen = seen;
    }

    /**
     * Opens it, or makes it.
     *
     * @param name of its file
     * @param origins of which the positions are to be known; 0 where nobody asks for them
     * @throws io.zeroipc.RoleTakenException when another process carries this bridge
     */
    static KeptProgress open(Path directory, String name, int origins) {
        Spec<SharedState<byte[]>> progress = SharedState.spec(Progress.CODEC);
        Spec<SharedArray<Long>> seen = SharedArray.spec(Codecs.int64(),
                Math.max(1, (long) origins * SeenPositions.ORIGIN_LONGS));
        Segment segment = Segment.named(name)
                .baseDirectory(directory)
                .maxEntries(ENTRIES)
                .size(Segment.requiredSize(ENTRIES, List.of(progress, seen)))
                .strictSize(false)
                .openOrCreate();
        boolean kept = false;
        try {
            SharedState<byte[]> state = segment.openOrCreate(PROGRESS, progress);
            StateWriter<byte[]> writer = state.writer();
            KeptProgress opened = new KeptProgress(segment, new Progress(state, writer),
                    new SeenPositions(segment.openOrCreate(SEEN, seen)));
            kept = true;
            return opened;
        } finally {
            if (!kept) {
                segment.close();
            }
        }
    }

    /** Keeps no more than that no other process carries the bridge, which reads its topic from the beginning at each start. */
    static KeptProgress claim(BridgeDefinition definition, Structure structure) {
        return open(KeptFiles.directory(structure), KeptFiles.progress(definition, "", structure), 0);
    }

    Progress progress() {
        return progress;
    }

    SeenPositions seen() {
        return seen;
    }

    /** Lets another process carry the bridge. */
    @Override
    public void close() {
        segment.close();
    }
}
