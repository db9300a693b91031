package io.zeroipc.export;

/** What one element of a structure or field is. */
sealed interface Element {

    int byteSize();

    int alignment();

    /** What its bytes stand for, as far as a machine's type does not tell; empty when it does. */
    default String meaning() {
        return "";
    }

    /**
     * A number.
     *
     * @param typeName what it stands for, in the vocabulary: {@code int64}, {@code instant}, {@code decimal(2)}
     * @param nullable whether one value says that there is none
     */
    record Numeric(Scalar scalar, String typeName, boolean nullable) implements Element {

        @Override
        public int byteSize() {
            return scalar.byteSize();
        }

        @Override
        public int alignment() {
            return scalar.byteSize();
        }

        boolean isDecimal() {
            return typeName.startsWith("decimal(");
        }

        /** Of a decimal. */
        int scale() {
            return Integer.parseInt(typeName.substring("decimal(".length(), typeName.length() - 1));
        }

        @Override
        public String meaning() {
            String text = switch (typeName) {
                case "instant" -> "nanoseconds since 1970-01-01T00:00:00Z";
                case "datetime" -> "nanoseconds since 1970-01-01T00:00:00 on the same clock";
                case "duration" -> "nanoseconds";
                case "date" -> "days since 1970-01-01";
                default -> isDecimal() && scale() > 0 ? "in units of 10^-" + scale() : "";
            };
            return !nullable ? text : text + (text.isEmpty() ? "" : "; ") + absence();
        }

        private String absence() {
            return scalar.isFloating() ? "NaN: none" : "-2^" + (byteSize() * Byte.SIZE - 1) + ": none";
        }
    }

    /**
     * Bytes that no machine's type describes.
     *
     * @param typeName {@code bytes(n)}, {@code uuid}, or a name that is not in the vocabulary
     * @param nullable whether zeroes say that there is none
     */
    record Bytes(int byteSize, String typeName, boolean nullable) implements Element {

        @Override
        public int alignment() {
            return 1;
        }

        boolean isUuid() {
            return typeName.equals("uuid");
        }

        @Override
        public String meaning() {
            String text = typeName.startsWith("bytes(") ? "" : typeName;
            return nullable ? text + "; zeroes: none" : text;
        }
    }

    /** Text in UTF-8 up to the first zero byte. */
    record Text(int byteSize) implements Element {

        @Override
        public int alignment() {
            return 1;
        }

        @Override
        public String meaning() {
            return "UTF-8, up to the first zero or all " + byteSize + " bytes";
        }
    }

    /** The number of a constant. */
    record Constant(Type.Constants type) implements Element {

        @Override
        public int byteSize() {
            return type.scalar().byteSize();
        }

        @Override
        public int alignment() {
            return type.scalar().byteSize();
        }
    }

    /** A record, a value with a flag behind it, or bytes behind their number. */
    record Structured(Type.Struct type) implements Element {

        @Override
        public int byteSize() {
            return type.byteSize();
        }

        @Override
        public int alignment() {
            return type.alignment();
        }

        /** The value in front of the flag, of an optional. */
        Element value() {
            return type.members().getFirst().element();
        }
    }
}
