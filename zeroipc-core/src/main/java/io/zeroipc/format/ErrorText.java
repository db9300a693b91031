package io.zeroipc.format;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

import io.zeroipc.memory.Atomics;

/**
 * The 256 bytes in which a future and a lazy value keep what went wrong, and in their unused end who is computing:
 * {@code docs/format/future.md}. Pure functions over bytes.
 */
public final class ErrorText {

    /** Bytes of the whole. */
    public static final int SIZE = 256;
    /** Bytes that C++ writes at most; a NUL follows. */
    static final int TEXT_MAX = SIZE - 1;

    /** Nobody of this library is computing. */
    public static final byte NOBODY = 0;
    /** A process of this library is computing, and its id stands before this mark. */
    public static final byte COMPUTING = 1;
    /** The process whose id stands before this mark died while it was computing. */
    public static final byte DIED = 2;

    private static final int PID_OFFSET = SIZE - 1 - Long.BYTES;
    private static final int MARK_OFFSET = SIZE - 1;

    private ErrorText() {
    }

    /** Bytes that a text of ours has at most, in UTF-8: what follows is for the process id and the mark. */
    public static int textBytesMax() {
        return PID_OFFSET - 1;
    }

    /** Writes a text, shortened to what fits at the end of a character, and a NUL. */
    public static void write(MemorySegment memory, long offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, textBytesMax());
        while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        for (int i = 0; i < PID_OFFSET; i++) {
            Atomics.putByte(memory, offset + i, i < length ? bytes[i] : 0);
        }
    }

    /** The text up to its NUL, wherever it comes from. */
    public static String read(MemorySegment memory, long offset) {
        int limit = mark(memory, offset) == NOBODY ? TEXT_MAX : PID_OFFSET;
        byte[] bytes = new byte[limit];
        int length = 0;
        while (length < limit) {
            byte next = Atomics.getByte(memory, offset + length);
            if (next == 0) {
                break;
            }
            bytes[length++] = next;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /**
     * Whether the bytes can be what is kept here, apart from their end: for probes.
     *
     * @param failed whether there may be any text
     * @param failedBefore whether there may be one of an earlier time, which nobody clears
     */
    static boolean isPlausible(MemorySegment memory, long offset, boolean failed, boolean failedBefore) {
        int i = 0;
        while (i < PID_OFFSET && isText(Atomics.getByte(memory, offset + i), failed, failedBefore)) {
            i++;
        }
        return isZero(memory, offset + i, offset + PID_OFFSET);
    }

    /** Where nothing says that it is a text, it is none with control characters but blanks: numbers have those. */
    private static boolean isText(byte next, boolean failed, boolean failedBefore) {
        return failed ? next != 0 : failedBefore && (next < 0 || next >= ' ' || (next >= '\t' && next <= '\r'));
    }

    /** Whether all bytes from one offset up to another are 0. */
    static boolean isZero(MemorySegment memory, long from, long to) {
        for (long at = from; at < to; at++) {
            if (Atomics.getByte(memory, at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Says that a process is computing, or about to. A foreign text that reaches so far ends before it from now on. */
    public static void markComputing(MemorySegment memory, long offset, long pid) {
        Atomics.putByte(memory, offset + PID_OFFSET - 1, (byte) 0);
        for (int i = 0; i < Long.BYTES; i++) {
            Atomics.putByte(memory, offset + PID_OFFSET + i, (byte) (pid >>> (8 * i)));
        }
        Atomics.setByteRelease(memory, offset + MARK_OFFSET, COMPUTING);
    }

    /** Says that the process which was computing died. */
    public static void markDied(MemorySegment memory, long offset) {
        Atomics.setByteRelease(memory, offset + MARK_OFFSET, DIED);
    }

    /** Takes the mark and the process id away. */
    public static void clearMark(MemorySegment memory, long offset) {
        Atomics.setByteRelease(memory, offset + MARK_OFFSET, NOBODY);
        for (int i = 0; i < Long.BYTES; i++) {
            Atomics.putByte(memory, offset + PID_OFFSET + i, (byte) 0);
        }
    }

    /** {@link #NOBODY}, {@link #COMPUTING}, {@link #DIED}, or what a foreign text has there. */
    public static byte mark(MemorySegment memory, long offset) {
        return Atomics.getByteAcquire(memory, offset + MARK_OFFSET);
    }

    /** The process id before a mark. */
    public static long pid(MemorySegment memory, long offset) {
        long pid = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            pid |= (Atomics.getByte(memory, offset + PID_OFFSET + i) & 0xFFL) << (8 * i);
        }
        return pid;
    }
}
