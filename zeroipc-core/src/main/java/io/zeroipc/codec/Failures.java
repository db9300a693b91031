package io.zeroipc.codec;

import io.zeroipc.ZeroIpcException;

/**
 * The messages of everything that can go wrong with a value. They are shared by the generated and the method-handle form
 * of a record codec, so that both say the same.
 * <p>
 * {@code where} is {@code type=string(16)} for a bare element and {@code field=Tick.symbol} inside a record; an element
 * of an array of records is written {@code field=Basket.ticks[*].symbol}.
 */
final class Failures {

    private static final int SHOWN_CHARS = 40;

    private Failures() {
    }

    static IllegalArgumentException outOfRange(String where, Scalar scalar, long value) {
        return new IllegalArgumentException("value out of range: " + where + ", value=" + value + " (expected: 0 to "
                + scalar.unsignedMax() + ", as it is stored as " + scalar.typeName + ")");
    }

    static IllegalArgumentException outOfRange(String where, Object value, String expected) {
        return new IllegalArgumentException(
                "value out of range: " + where + ", value=" + shown(value) + " (expected: " + expected + ")");
    }

    static IllegalArgumentException wrongLength(RecordLayout.Field field, long length) {
        return new IllegalArgumentException("wrong array length: " + field.where() + ", length=" + length
                + " (expected: exactly " + field.count() + ", as @Length says)");
    }

    static ZeroIpcException unknownConstant(String where, Class<?> enumType, long ordinal) {
        return new ZeroIpcException("unknown enum constant: " + where + ", type=" + enumType.getName()
                + ", value=" + ordinal + " (expected: 0 to " + (enumType.getEnumConstants().length - 1)
                + "; the writer knows more constants, or these bytes are no such record)");
    }

    /** Throws what the record's own constructor or accessor threw, whatever it is. */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException rethrow(Throwable thrown) throws T {
        throw (T) thrown;
    }

    static String nullValue(String where) {
        return "value must not be null: " + where;
    }

    /** A value that is no text, not too long. */
    static String shown(Object value) {
        String text = value.toString();
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
    }

    static String abbreviate(String value) {
        if (value.length() <= SHOWN_CHARS) {
            return '"' + value + '"';
        }
        return '"' + value.substring(0, SHOWN_CHARS) + "\"...";
    }
}
