package io.zeroipc.codec;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import io.zeroipc.memory.Layouts;

/**
 * UTF-8 in {@code length} bytes, as {@code char[length]} in C++. The text ends before the first zero byte or, where it
 * fills the whole field, at its end; all bytes behind the text are zero.
 * <p>
 * What was written is what is read: a text that is too long, contains the character 0, or has half of a surrogate pair
 * is refused, because none of these would come back the same. Foreign bytes that are no UTF-8 are read as U+FFFD.
 */
final class StringCodec implements Codec<String> {

    private final int length;
    private final String where;
    private final String nullMessage;

    StringCodec(int length) {
        this(length, "type=string(" + length + ")");
    }

    StringCodec(int length, String where) {
        this.length = length;
        this.where = where;
        this.nullMessage = Failures.nullValue(where);
    }

    @Override
    public Class<String> type() {
        return String.class;
    }

    @Override
    public String typeName() {
        return "string(" + length + ")";
    }

    @Override
    public int byteSize() {
        return length;
    }

    @Override
    public int alignment() {
        return 1;
    }

    @Override
    public void encode(String value, MemorySegment memory, long offset) {
        Objects.requireNonNull(value, nullMessage);
        // Checked before the first byte is written: nothing is cut, and nothing beyond the field is touched.
        int byteCount = utf8Length(value);
        if (byteCount > length) {
            throw new IllegalArgumentException("string does not fit: " + where + ", bytes=" + byteCount + ", value="
                    + Failures.abbreviate(value) + " (expected: at most " + length + " bytes of UTF-8)");
        }
        int chars = value.length();
        long end = offset;
        if (byteCount == chars) {
            for (int i = 0; i < chars; i++) {
                memory.set(Layouts.BYTE, end++, (byte) value.charAt(i));
            }
        } else {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            MemorySegment.copy(bytes, 0, memory, Layouts.BYTE, offset, byteCount);
            end += byteCount;
        }
        Zeroes.fill(memory, end, offset + length);
    }

    /** The bytes of the text in UTF-8; refuses what would not come back the same. */
    private int utf8Length(String value) {
        int chars = value.length();
        int bytes = chars;
        for (int i = 0; i < chars; i++) {
            char c = value.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException("string contains the character 0: " + where + ", index=" + i
                        + " (expected: text without it, as it ends the text in the slot)");
            }
            if (c < 0x80) {
                continue;
            }
            if (c < 0x800) {
                bytes += 1;
            } else if (!Character.isSurrogate(c)) {
                bytes += 2;
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(value.charAt(i + 1))) {
                // Two chars become four bytes.
                bytes += 2;
                i++;
            } else {
                throw new IllegalArgumentException("string contains half of a surrogate pair: " + where + ", index=" + i
                        + " (expected: text that UTF-8 can hold)");
            }
        }
        return bytes;
    }

    @Override
    public String decode(MemorySegment memory, long offset) {
        int byteCount = 0;
        while (byteCount < length && memory.get(Layouts.BYTE, offset + byteCount) != 0) {
            byteCount++;
        }
        byte[] bytes = new byte[byteCount];
        MemorySegment.copy(memory, Layouts.BYTE, offset, bytes, 0, byteCount);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return typeName();
    }
}
