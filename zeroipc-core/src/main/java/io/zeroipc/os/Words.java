package io.zeroipc.os;

import java.lang.foreign.MemorySegment;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.Atomics;

/**
 * Words of mapped memory, for the few accesses that each operation consists of: as {@link Atomics} reaches them, with the same
 * orders, but where {@link NativeAccess} is available by their address. An access to a memory segment looks at what kind of segment
 * it is, where it ends, whether it may be written to and whether it is still there, which costs more than the access itself, anew
 * after each barrier. Here none of that is looked at, unless assertions are enabled, and then only the offset.
 *
 * <p>
 * A wrong offset destroys memory, and memory that is not there any more kills the JVM. So this is for code inside an operation,
 * during which nothing is unmapped, and for offsets that were checked or cannot be wrong, whatever the mapped bytes say.
 * Thread-safe.
 */
public final class Words {

    /** All memory of this process; its offsets are addresses. A constant, so that the compiler leaves the checks out. */
    @SuppressWarnings("restricted") // where it is allowed only
    private static final @Nullable MemorySegment ALL = NativeAccess.isAvailable()
            ? MemorySegment.NULL.reinterpret(Long.MAX_VALUE)
            : null;
    /** Change no address of a word: they tell the compiler that it is in {@link #ALL}, and aligned. */
    private static final long INT_MASK = (1L << 62) - Integer.BYTES;
    private static final long LONG_MASK = (1L << 62) - Long.BYTES;
    private static final long BYTE_MASK = (1L << 62) - Byte.BYTES;

    private final MemorySegment memory;
    /** Of the memory, in what {@link #words} returns. */
    private final long start;

    /** @param memory mapped, writable or not, and 8-aligned */
    public Words(MemorySegment memory) {
        this.memory = memory;
        this.start = ALL == null ? 0 : memory.address();
    }

    /**
     * Has the line with this byte come here, as far as it was changed elsewhere, while something else is waited for.
     *
     * @return what is there, to be added up somewhere: a compiler leaves out a read that nobody needs
     */
    public int touch(long offset) {
        assert isWithin(offset, Byte.BYTES);
        return Atomics.getByte(words(), start + offset & BYTE_MASK);
    }

    public int getIntOpaque(long offset) {
        return Atomics.getIntOpaque(words(), atInt(offset));
    }

    public int getIntAcquire(long offset) {
        return Atomics.getIntAcquire(words(), atInt(offset));
    }

    public void setIntRelease(long offset, int value) {
        Atomics.setIntRelease(words(), atInt(offset), value);
    }

    public boolean compareAndSetInt(long offset, int expected, int value) {
        return Atomics.compareAndSetInt(words(), atInt(offset), expected, value);
    }

    /** As {@link Atomics#weakCompareAndSetIntRelease}. */
    public boolean weakCompareAndSetIntRelease(long offset, int expected, int value) {
        return Atomics.weakCompareAndSetIntRelease(words(), atInt(offset), expected, value);
    }

    public int getAndAddInt(long offset, int delta) {
        return Atomics.getAndAddInt(words(), atInt(offset), delta);
    }

    public long getLong(long offset) {
        return Atomics.getLong(words(), atLong(offset));
    }

    public void putLong(long offset, long value) {
        Atomics.putLong(words(), atLong(offset), value);
    }

    public long getLongAcquire(long offset) {
        return Atomics.getLongAcquire(words(), atLong(offset));
    }

    public void setLongRelease(long offset, long value) {
        Atomics.setLongRelease(words(), atLong(offset), value);
    }

    public boolean compareAndSetLong(long offset, long expected, long value) {
        return Atomics.compareAndSetLong(words(), atLong(offset), expected, value);
    }

    private MemorySegment words() {
        return ALL == null ? memory : ALL;
    }

    private long atInt(long offset) {
        assert isWithin(offset, Integer.BYTES);
        return start + offset & INT_MASK;
    }

    private long atLong(long offset) {
        assert isWithin(offset, Long.BYTES);
        return start + offset & LONG_MASK;
    }

    private boolean isWithin(long offset, int width) {
        return offset >= 0 && offset <= memory.byteSize() - width && offset % width == 0;
    }
}
