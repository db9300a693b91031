package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

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
 * A chunk is announced before it is pushed: the records that it consists of, and how many elements the ring had been given before.
 * Nobody else writes to the ring; so after a kill the ring itself tells how many elements of the chunk have arrived.
 */
final class Progress {

    /** Partitions of a topic, at most. */
    static final int PARTITIONS_MAX = 256;
    /** Elements of a chunk, at most. */
    static final int CHUNK_MAX = 512;

    /** What the state has to be made of. */
    static final Codec<byte[]> CODEC = Codecs.bytes(Layout.SIZE);

    private static final int VERSION = 1;
    private static final int OFFSET_BITS = 48;

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
        } else if (fields.getInt(Layout.VERSION) != VERSION) {
            throw new ZeroIpcException("progress of the bridge has another version: " + state.binding().describe()
                    + ", version=" + fields.getInt(Layout.VERSION) + " (expected: " + VERSION + "; remove "
                    + state.segment().path() + " to begin anew)");
        }
        this.stored = true;
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

    /** Is done with all records of a partition before this one; {@link #store} keeps it. */
    void advance(int partition, long next) {
        int at = Layout.OFFSETS + partition * Long.BYTES;
        if (fields.getLong(at) != next + 1) {
            fields.putLong(at, next + 1);
            stored = false;
        }
    }

    /** What was announced last, if it was not stored since that it is over. */
    @Nullable
    Announced announced() {
        int count = fields.getInt(Layout.COUNT);
        if (count == 0) {
            return null;
        }
        long[] records = new long[count];
        for (int i = 0; i < count; i++) {
            records[i] = fields.getLong(Layout.RECORDS + i * Long.BYTES);
        }
        return new Announced(new UUID(fields.getLong(Layout.TARGET_HIGH), fields.getLong(Layout.TARGET_LOW)),
                fields.getLong(Layout.WRITTEN), records);
    }

    /**
     * Keeps what is about to be pushed, with the progress so far.
     *
     * @param target which ring it is
     * @param written elements that the ring was given before
     * @param records by {@link #record}
     * @param count of them
     */
    void announce(UUID target, long written, long[] records, int count) {
        fields.putLong(Layout.TARGET_HIGH, target.getMostSignificantBits());
        fields.putLong(Layout.TARGET_LOW, target.getLeastSignificantBits());
        fields.putLong(Layout.WRITTEN, written);
        fields.putInt(Layout.COUNT, count);
        for (int i = 0; i < count; i++) {
            fields.putLong(Layout.RECORDS + i * Long.BYTES, records[i]);
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

    /** A record by its partition and offset. */
    static long record(int partition, long offset) {
        return (long) partition << OFFSET_BITS | offset;
    }

    static int partitionOf(long record) {
        return (int) (record >>> OFFSET_BITS);
    }

    static long offsetOf(long record) {
        return record & (1L << OFFSET_BITS) - 1;
    }

    /** A chunk that was about to be pushed. */
    static final class Announced {

        private final UUID target;
        private final long written;
        private final long[] records;

        private Announced(UUID target, long written, long[] records) {
            this.target = target;
            this.written = written;
            this.records = records;
        }

        /**
         * How far it has come in each partition, by what is in the ring now: elements are pushed in the order of the chunk.
         *
         * @return behind the last record of each partition that has arrived
         */
        Map<Integer, Long> arrived(UUID present, long writtenNow) {
            Map<Integer, Long> ends = new HashMap<>();
            // A ring that has been given less than before is another one: nothing of the chunk is in it.
            if (target.equals(present) && writtenNow > written) {
                long count = Math.min(records.length, writtenNow - written);
                for (int i = 0; i < count; i++) {
                    ends.put(partitionOf(records[i]), offsetOf(records[i]) + 1);
                }
            }
            return ends;
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
        static final int RECORDS = OFFSETS + PARTITIONS_MAX * Long.BYTES;
        static final int SIZE = RECORDS + CHUNK_MAX * Long.BYTES;

        private Layout() {
        }
    }
}
