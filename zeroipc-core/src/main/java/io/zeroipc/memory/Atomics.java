package io.zeroipc.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

/**
 * Ordered access to shared memory: the one place with VarHandles. The name of a method is its memory ordering, in the
 * words of {@link VarHandle.AccessMode}; {@code acquire} and {@code release} never mean locks here.
 *
 * <table>
 * <caption>which store pairs with which load</caption>
 * <tr><th>written with</th><th>read with</th><th>promise</th></tr>
 * <tr><td>{@code setRelease}, a successful {@code compareAndSet} or {@code getAndAdd}</td>
 * <td>{@code getAcquire}, {@code compareAndSet}, {@code getAndAdd}</td>
 * <td>everything stored before is visible to who sees the value</td></tr>
 * <tr><td>{@code setOpaque}</td><td>{@code getOpaque}</td>
 * <td>the word is whole and arrives in the end; nothing about its neighbours</td></tr>
 * <tr><td>{@code put}</td><td>{@code get}</td><td>none; another access must carry the order</td></tr>
 * </table>
 *
 * <p>
 * Offsets are bytes from the start of the memory segment and must be a multiple of the width, as a physical address
 * (blocks are 8-aligned, so it suffices that the offset in the block is). Compare-and-set exists for four and eight
 * bytes only; flags of one byte are read and written as bytes.
 *
 * <p>
 * A compare-and-set or fetch-and-add on a page that the file lost to truncation kills the JVM when it runs interpreted,
 * whereas a load raises a catchable {@link InternalError}. Each read-modify-write here therefore loads the word first.
 */
public final class Atomics {

    private static final ValueLayout.OfByte BYTE_LAYOUT = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT_LAYOUT = ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG_LAYOUT = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);

    private static final VarHandle BYTE = BYTE_LAYOUT.varHandle().withInvokeExactBehavior();
    private static final VarHandle INT = INT_LAYOUT.varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG = LONG_LAYOUT.varHandle().withInvokeExactBehavior();

    private Atomics() {
    }

    // one byte

    public static byte getByte(MemorySegment memory, long offset) {
        return (byte) BYTE.get(memory, offset);
    }

    public static void putByte(MemorySegment memory, long offset, byte value) {
        BYTE.set(memory, offset, value);
    }

    public static byte getByteAcquire(MemorySegment memory, long offset) {
        return (byte) BYTE.getAcquire(memory, offset);
    }

    public static void setByteRelease(MemorySegment memory, long offset, byte value) {
        BYTE.setRelease(memory, offset, value);
    }

    // four bytes

    public static int getInt(MemorySegment memory, long offset) {
        return (int) INT.get(memory, offset);
    }

    public static void putInt(MemorySegment memory, long offset, int value) {
        INT.set(memory, offset, value);
    }

    public static int getIntOpaque(MemorySegment memory, long offset) {
        return (int) INT.getOpaque(memory, offset);
    }

    public static void setIntOpaque(MemorySegment memory, long offset, int value) {
        INT.setOpaque(memory, offset, value);
    }

    public static int getIntAcquire(MemorySegment memory, long offset) {
        return (int) INT.getAcquire(memory, offset);
    }

    public static void setIntRelease(MemorySegment memory, long offset, int value) {
        INT.setRelease(memory, offset, value);
    }

    public static boolean compareAndSetInt(MemorySegment memory, long offset, int expected, int value) {
        return (int) INT.getOpaque(memory, offset) == expected
                && INT.compareAndSet(memory, offset, expected, value);
    }

    /** May fail spuriously; releases what was done before, and acquires nothing. */
    public static boolean weakCompareAndSetIntRelease(MemorySegment memory, long offset, int expected, int value) {
        return (int) INT.getOpaque(memory, offset) == expected
                && INT.weakCompareAndSetRelease(memory, offset, expected, value);
    }

    public static int getAndAddInt(MemorySegment memory, long offset, int delta) {
        touchInt(memory, offset);
        return (int) INT.getAndAdd(memory, offset, delta);
    }

    public static int getAndSetInt(MemorySegment memory, long offset, int value) {
        touchInt(memory, offset);
        return (int) INT.getAndSet(memory, offset, value);
    }

    // eight bytes

    public static long getLong(MemorySegment memory, long offset) {
        return (long) LONG.get(memory, offset);
    }

    public static void putLong(MemorySegment memory, long offset, long value) {
        LONG.set(memory, offset, value);
    }

    public static double getDouble(MemorySegment memory, long offset) {
        return Double.longBitsToDouble(getLong(memory, offset));
    }

    public static void putDouble(MemorySegment memory, long offset, double value) {
        // Raw: the payload of a NaN is the writer's.
        putLong(memory, offset, Double.doubleToRawLongBits(value));
    }

    public static long getLongOpaque(MemorySegment memory, long offset) {
        return (long) LONG.getOpaque(memory, offset);
    }

    public static void setLongOpaque(MemorySegment memory, long offset, long value) {
        LONG.setOpaque(memory, offset, value);
    }

    public static long getLongAcquire(MemorySegment memory, long offset) {
        return (long) LONG.getAcquire(memory, offset);
    }

    public static void setLongRelease(MemorySegment memory, long offset, long value) {
        LONG.setRelease(memory, offset, value);
    }

    public static boolean compareAndSetLong(MemorySegment memory, long offset, long expected, long value) {
        return (long) LONG.getOpaque(memory, offset) == expected
                && LONG.compareAndSet(memory, offset, expected, value);
    }

    public static long getAndAddLong(MemorySegment memory, long offset, long delta) {
        touchLong(memory, offset);
        return (long) LONG.getAndAdd(memory, offset, delta);
    }

    public static long getAndOrLong(MemorySegment memory, long offset, long bits) {
        touchLong(memory, offset);
        return (long) LONG.getAndBitwiseOr(memory, offset, bits);
    }

    public static long getAndSetLong(MemorySegment memory, long offset, long value) {
        touchLong(memory, offset);
        return (long) LONG.getAndSet(memory, offset, value);
    }

    // fences

    /** No load after it moves before a load that precedes it. Pairs with {@link #storeStoreFence()} of the writer. */
    public static void loadLoadFence() {
        VarHandle.loadLoadFence();
    }

    /** No store after it becomes visible before a store that precedes it. */
    public static void storeStoreFence() {
        VarHandle.storeStoreFence();
    }

    /** Orders everything before with everything after, store-load included. */
    public static void fullFence() {
        VarHandle.fullFence();
    }

    private static void touchInt(MemorySegment memory, long offset) {
        int _ = (int) INT.getOpaque(memory, offset);
    }

    private static void touchLong(MemorySegment memory, long offset) {
        long _ = (long) LONG.getOpaque(memory, offset);
    }
}
