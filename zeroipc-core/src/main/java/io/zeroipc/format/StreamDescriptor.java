package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.U8;
import static io.zeroipc.format.FieldLayouts.bytes;
import static io.zeroipc.format.FieldLayouts.offset;

/** The bytes of a stream beside its ring: {@code docs/format/stream.md}. Pure functions over bytes. */
public final class StreamDescriptor {

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(U64.withName("sequence"), U32.withName("subscribers"), U8.withName("closed"),
                    U8.withName("mode"), MemoryLayout.paddingLayout(2), U32.withName("buffer_capacity"),
                    bytes(32).withName("transform_name"), MemoryLayout.paddingLayout(4))
            .withName("header");

    public static final String HEADER_SUFFIX = "_header";
    public static final String BUFFER_SUFFIX = "_buffer";

    public static final long HEADER_SIZE = HEADER.byteSize();
    public static final long SEQUENCE_OFFSET = offset(HEADER, "sequence");
    public static final long SUBSCRIBERS_OFFSET = offset(HEADER, "subscribers");
    public static final long CLOSED_OFFSET = offset(HEADER, "closed");
    public static final long MODE_OFFSET = offset(HEADER, "mode");
    public static final long BUFFER_CAPACITY_OFFSET = offset(HEADER, "buffer_capacity");
    public static final long TRANSFORM_NAME_OFFSET = offset(HEADER, "transform_name");

    /** Each element is for one of those who read; as in C++, which stores nothing here. */
    public static final byte COMPETING = 0;
    /** Each element is for all who read, and the oldest are overwritten. */
    public static final byte BROADCAST = 1;

    /** As in C++. */
    public static final int CAPACITY_DEFAULT = 1024;

    private static final int TRANSFORM_NAME_MAX = 31;

    private StreamDescriptor() {
    }

    /** Writes the header of a stream without elements. */
    public static void format(MemorySegment header, int capacity, byte mode, String transformName) {
        byte[] name = transformName.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < Math.min(name.length, TRANSFORM_NAME_MAX); i++) {
            Atomics.putByte(header, TRANSFORM_NAME_OFFSET + i, name[i]);
        }
        Atomics.putByte(header, MODE_OFFSET, mode);
        Atomics.putInt(header, BUFFER_CAPACITY_OFFSET, capacity);
    }

    /** The stored mode, unchecked. */
    public static byte mode(MemorySegment header) {
        return Atomics.getByte(header, MODE_OFFSET);
    }

    /** The stored capacity in elements, unchecked. */
    public static long capacity(MemorySegment header) {
        return Integer.toUnsignedLong(Atomics.getInt(header, BUFFER_CAPACITY_OFFSET));
    }

    /** What the stream was made by, or nothing. */
    public static String transformName(MemorySegment header) {
        byte[] name = new byte[TRANSFORM_NAME_MAX];
        int length = 0;
        while (length < TRANSFORM_NAME_MAX) {
            byte next = Atomics.getByte(header, TRANSFORM_NAME_OFFSET + length);
            if (next == 0) {
                break;
            }
            name[length++] = next;
        }
        return new String(name, 0, length, StandardCharsets.UTF_8);
    }

    public static boolean isClosed(MemorySegment header) {
        return Atomics.getByteAcquire(header, CLOSED_OFFSET) != 0;
    }

    /** What contradicts the header of a stream, or null. */
    public static @Nullable String check(MemorySegment header) {
        if (header.byteSize() != HEADER_SIZE) {
            return "block has the wrong size for the header of a stream: bytes=" + header.byteSize() + " (expected: "
                    + HEADER_SIZE + ")";
        }
        byte closed = Atomics.getByteAcquire(header, CLOSED_OFFSET);
        byte mode = mode(header);
        if ((closed & ~1) != 0 || mode < COMPETING || mode > BROADCAST) {
            return "numbers are not those of a stream: closed=" + closed + ", mode=" + mode
                    + " (expected: 0 or 1, and 0 or 1)";
        }
        return null;
    }
}
