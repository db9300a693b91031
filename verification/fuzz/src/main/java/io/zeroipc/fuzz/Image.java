package io.zeroipc.fuzz;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;

/**
 * A good segment, to be changed.
 *
 * @param kind of its structures, or what else it is
 * @param name what reports call it
 * @param bytes those at its beginning; the rest is zero
 * @param size of the file
 * @param catalogue what stood in the file beside it; empty when there was none
 * @param members what is in it
 * @param blocks where its blocks are
 */
record Image(String kind, String name, MemorySegment bytes, long size, String catalogue, List<Member> members,
        List<Range> blocks) {

    /**
     * A structure.
     *
     * @param created what it was created with
     */
    record Member(String name, StructureType type, Declaration created) {

        /** What it is opened with, whatever its capacity is. */
        Declaration declaration() {
            return new Declaration(created.element(), 0, created.options());
        }

        Codec<?> element() {
            return created.requireElement();
        }

        @Nullable
        Codec<?> key() {
            return created.options().containsKey("key") ? created.codecOption("key") : null;
        }
    }

    /** Bytes of the segment. */
    record Range(int from, int to) {

        int length() {
            return to - from;
        }
    }

    static Image of(String kind, String name, byte[] bytes, long size, String catalogue, List<Member> members) {
        ByteBuffer table = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Range> blocks = new ArrayList<>();
        int rows = table.getInt((int) SegmentDescriptor.ENTRY_COUNT_OFFSET);
        for (int i = 0; i < rows; i++) {
            int row = (int) SegmentDescriptor.entryOffset(i) + SegmentDescriptor.NAME_SIZE;
            int from = Math.toIntExact(table.getLong(row));
            blocks.add(new Range(from, from + Math.toIntExact(table.getLong(row + Long.BYTES))));
        }
        return new Image(kind, name, MemorySegment.ofArray(bytes).asReadOnly(), size, catalogue, List.copyOf(members),
                List.copyOf(blocks));
    }

    /** One of its structures. */
    Member member(RandomGenerator random) {
        return members.get(random.nextInt(members.size()));
    }

    @Override
    public String toString() {
        return name;
    }
}
