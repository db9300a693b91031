package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;

/**
 * How far a bridge has come in its topic, in shared memory, so that it outlives the process: the next offset of each partition, and
 * what was about to be pushed. All of it changes at once, whenever the process is killed. For one thread.
 *
 * <p>
 * A chunk is announced before it is pushed: its records, where their elements are from, and how many elements the ring had been
 * given before. Nobody else writes to the ring; so after a kill the ring itself tells how many elements of the chunk have arrived.
 */
final class Progress {

    /** Partitions of a topic, at most. */
    static final int PARTITIONS_MAX = 256;
    /** Elements of a chunk, at most. */
    static final int CHUNK_MAX = 512;
    /** Origins of the elements of a chunk, at most. */
    static final int ORIGINS_MAX = 64;

    /** What the state has to be made of. */
    static final Codec<byte[]> CODEC = Codecs.bytes(Layout.SIZE);

    private static final int VERSION = 2;
    private static final UUID UNKNOWN = new UUID(0, 0);
    private static final int OFFSET_BITS = 48;
    private static final int ORIGIN_SHIFT = 56;

    private final StateWriter<byte[]> writer;
    private final byte[] bytes;
    private final ByteBuffer fields;
    private boolean stored;

    Progress(SharedState<byte[]> state, StateWriter<byte[]> writer) {
        this.writer = writer;
        byte[] kept = state.get();
        this.bytes = kept != null ? kept : new byte[Layout.SIZE];
        this.fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (kept == null) {
            fields.putInt(Layout.VERSION, VERSION);
            UUID fresh = UUID.randomUUID();
            fields.putLong(Layout.ID, fresh.getMostSignificantBits());
            fields.putLong(Layout.ID + Long.BYTES, fresh.getLeastSignificantBits());
        } else if (fields.getInt(Layout.VERSION) != VERSION) {
            throw new ZeroIpcException("progress of the bridge has another version: " + state.binding().describe()
                    + ", version=" + fields.getInt(Layout.VERSION) + " (expected: " + VERSION + "; remove "
                    + state.segment().path() + " to begin anew)");
        }
        this.stored = true;
    }

    /** Tells this progress from that of another machine, for as long as it is kept. */
    String id() {
        return new UUID(fields.getLong(Layout.ID), fields.getLong(Layout.ID + Long.BYTES)).toString();
    }

    /** Whether nothing was ever kept. */
    boolean isNew() {
        for (int partition = 0; partition < PARTITIONS_MAX; partition++) {
            if (next(partition) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** The offset of the first record of a partition that is not done with; -1 when nothing is known. */
    long next(int partition) {
        return fields.getLong(Layout.OFFSETS + partition * Long.BYTES) - 1;
    }

    /**
     * Says which topic the offsets are of. Those of another one that had the name before are forgotten; {@link #store} keeps that.
     *
     * @return whether there were such
     */
    boolean begin(UUID topic) {
        UUID known = new UUID(fields.getLong(Layout.TOPIC_HIGH), fields.getLong(Layout.TOPIC_LOW));
        if (known.equals(topic)) {
            return false;
        }
        boolean other = !known.equals(UNKNOWN) && !isNew();
        if (other) {
            for (int partition = 0; partition < PARTITIONS_MAX; partition++) {
                fields.putLong(Layout.OFFSETS + partition * Long.BYTES, 0);
            }
        }
        fields.putLong(Layout.TOPIC_HIGH, topic.getMostSignificantBits());
        fields.putLong(Layout.TOPIC_LOW, topic.getLeastSignificantBits());
        stored = false;
        return other;
    }

    /** Is done with all records of a partition before this one; {@link #store} keeps it. */
    void advance(int partition, long next) {
        int at = Layout.OFFSETS + partition * Long.BYTES;
        if (fields.getLong(at) != next + 1) {
            fields.putLong(at, next + 1);
            stored = false;
        }
    }

    /**
     * Finds out what became of the chunk that was announced last, and notes it: those of its elements that are in the ring are done
     * with, and known. To be called when this is opened, before anything else.
     *
     * @param target which ring it is now
     * @param writtenNow elements that it was given until now
     */
    void resolve(UUID target, long writtenNow, SeenPositions seen) {
        UUID announced = new UUID(fields.getLong(Layout.TARGET_HIGH), fields.getLong(Layout.TARGET_LOW));
        long written = fields.getLong(Layout.WRITTEN);
        int count = fields.getInt(Layout.COUNT);
        // A ring that has been given less than before is another one: nothing of the chunk is in it.
        if (announced.equals(target) && writtenNow > written) {
            long arrived = Math.min(count, writtenNow - written);
            for (int i = 0; i < arrived; i++) {
                long record = fields.getLong(Layout.RECORDS + i * Long.BYTES);
                int origin = (int) (record >>> ORIGIN_SHIFT);
                int partition = (int) (record >>> OFFSET_BITS) & PARTITIONS_MAX - 1;
                if (origin > 0) {
                    int at = Layout.ORIGINS + (origin - 1) * 2 * Long.BYTES;
                    seen.mark(new UUID(fields.getLong(at), fields.getLong(at + Long.BYTES)),
                            fields.getLong(Layout.POSITIONS + i * Long.BYTES), partition);
                }
                advance(partition, (record & (1L << OFFSET_BITS) - 1) + 1);
            }
        }
        if (count > 0) {
            // At once with the offsets: until then all of this can be done again.
            stored = false;
            store();
        }
    }

    /**
     * Keeps what is about to be pushed, with the progress so far.
     *
     * @param target which ring it is
     * @param written elements that the ring was given before
     */
    void announce(UUID target, long written, Chunk chunk) {
        fields.putLong(Layout.TARGET_HIGH, target.getMostSignificantBits());
        fields.putLong(Layout.TARGET_LOW, target.getLeastSignificantBits());
        fields.putLong(Layout.WRITTEN, written);
        fields.putInt(Layout.COUNT, chunk.size());
        List<UUID> origins = chunk.origins();
        for (int i = 0; i < origins.size(); i++) {
            int at = Layout.ORIGINS + i * 2 * Long.BYTES;
            fields.putLong(at, origins.get(i).getMostSignificantBits());
            fields.putLong(at + Long.BYTES, origins.get(i).getLeastSignificantBits());
        }
        for (int i = 0; i < chunk.size(); i++) {
            long origin = chunk.originOf(i) + 1L;
            fields.putLong(Layout.RECORDS + i * Long.BYTES,
                    origin << ORIGIN_SHIFT | (long) chunk.partitionOf(i) << OFFSET_BITS | chunk.offsetOf(i));
            fields.putLong(Layout.POSITIONS + i * Long.BYTES, chunk.positionOf(i));
        }
        writer.set(bytes);
        stored = false;
    }

    /** Keeps the progress, with nothing announced. */
    void store() {
        if (!stored) {
            fields.putInt(Layout.COUNT, 0);
            writer.set(bytes);
            stored = true;
        }
    }

    private static final class Layout {

        static final int VERSION = 0;
        static final int COUNT = 4;
        static final int TARGET_HIGH = 8;
        static final int TARGET_LOW = 16;
        static final int WRITTEN = 24;
        /** The next offset and 1; 0 for none. */
        static final int OFFSETS = 32;
        static final int ORIGINS = OFFSETS + PARTITIONS_MAX * Long.BYTES;
        /** Index of the origin and 1, or 0 for none; partition; offset. */
        static final int RECORDS = ORIGINS + ORIGINS_MAX * 2 * Long.BYTES;
        static final int POSITIONS = RECORDS + CHUNK_MAX * Long.BYTES;
        static final int ID = POSITIONS + CHUNK_MAX * Long.BYTES;
        static final int TOPIC_HIGH = ID + 2 * Long.BYTES;
        static final int TOPIC_LOW = TOPIC_HIGH + Long.BYTES;
        static final int SIZE = TOPIC_LOW + Long.BYTES;

        private Layout() {
        }
    }
}
