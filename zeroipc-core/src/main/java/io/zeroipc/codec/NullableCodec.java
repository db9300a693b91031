package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Layouts;

/**
 * A value or null in the bytes of the value, one of which is given up for that: its sentinel. For components of records
 * only, as no structure has null elements.
 */
final class NullableCodec<T> implements Codec<T> {

    private static final String PREFIX = "nullable(";

    /** What says that there is no value. */
    private enum Sentinel {

        /** The lowest of the signed numbers of this size. */
        LOWEST,

        /** Every NaN. */
        NAN,

        /** No bit set. */
        ZERO;

        /** Null where every value of the codec is needed. */
        static @Nullable Sentinel of(Codec<?> values) {
            return switch (values) {
                case CountCodec<?> count -> LOWEST;
                case UuidCodec uuid -> ZERO;
                case ScalarCodec<?> scalar -> switch (scalar.scalar().kind) {
                    case SIGNED -> LOWEST;
                    case FLOATING -> NAN;
                    case UNSIGNED, BOOLEAN -> null;
                };
                default -> null;
            };
        }
    }

    private final Codec<T> values;
    private final Sentinel sentinel;
    private final String where;

    private NullableCodec(Codec<T> values, Sentinel sentinel, String where) {
        this.values = values;
        this.sentinel = sentinel;
        this.where = where;
    }

    /** Null where no value of {@code values} is a sentinel. */
    static <T> @Nullable NullableCodec<T> of(Codec<T> values, String where) {
        Sentinel sentinel = Sentinel.of(values);
        return sentinel == null ? null : new NullableCodec<>(values, sentinel, where);
    }

    /** The type of the values in a {@link #typeName()} of this class, null in every other name. */
    static @Nullable String valueType(String typeName) {
        return typeName.startsWith(PREFIX) && typeName.endsWith(")")
                ? typeName.substring(PREFIX.length(), typeName.length() - 1)
                : null;
    }

    @Override
    public Class<T> type() {
        return values.type();
    }

    @Override
    public String typeName() {
        return PREFIX + values.typeName() + ")";
    }

    @Override
    public int byteSize() {
        return values.byteSize();
    }

    @Override
    public int alignment() {
        return values.alignment();
    }

    @Override
    @SuppressWarnings("NullAway") // null is what this class is for; only record codecs call it
    public void encode(@Nullable T value, MemorySegment memory, long offset) {
        if (value == null) {
            encodeAbsence(memory, offset);
            return;
        }
        values.encode(value, memory, offset);
        if (isAbsent(memory, offset)) {
            throw new IllegalArgumentException("value is the one that says that there is none: " + where + ", value="
                    + Failures.shown(value)
                    + " (expected: null for an absent value, or @Absent(Absent.By.FLAG) to store this one too)");
        }
    }

    @Override
    @SuppressWarnings("NullAway") // as above
    public @Nullable T decode(MemorySegment memory, long offset) {
        return isAbsent(memory, offset) ? null : values.decode(memory, offset);
    }

    private void encodeAbsence(MemorySegment memory, long offset) {
        int size = byteSize();
        if (sentinel == Sentinel.NAN && size == Long.BYTES) {
            memory.set(Layouts.DOUBLE, offset, Double.NaN);
        } else if (sentinel == Sentinel.NAN) {
            memory.set(Layouts.FLOAT, offset, Float.NaN);
        } else {
            Zeroes.fill(memory, offset, offset + size);
            if (sentinel == Sentinel.LOWEST) {
                memory.set(Layouts.BYTE, offset + size - 1, Byte.MIN_VALUE);
            }
        }
    }

    private boolean isAbsent(MemorySegment memory, long offset) {
        return switch (sentinel) {
            case LOWEST -> switch (byteSize()) {
                case Byte.BYTES -> memory.get(Layouts.BYTE, offset) == Byte.MIN_VALUE;
                case Short.BYTES -> memory.get(Layouts.SHORT, offset) == Short.MIN_VALUE;
                case Integer.BYTES -> memory.get(Layouts.INT, offset) == Integer.MIN_VALUE;
                default -> memory.get(Layouts.LONG, offset) == Long.MIN_VALUE;
            };
            case NAN -> byteSize() == Long.BYTES
                    ? Double.isNaN(memory.get(Layouts.DOUBLE, offset))
                    : Float.isNaN(memory.get(Layouts.FLOAT, offset));
            case ZERO -> (memory.get(Layouts.LONG, offset) | memory.get(Layouts.LONG, offset + Long.BYTES)) == 0;
        };
    }

    @Override
    public String toString() {
        return typeName();
    }
}
