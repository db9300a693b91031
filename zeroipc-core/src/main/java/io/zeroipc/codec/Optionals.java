package io.zeroipc.codec;

import io.zeroipc.ElementSchema;

/**
 * The struct that a component with a flag byte is: a value, and whether it is present. Its name in a schema is none that a
 * record can have, so that a tool knows it when it sees it; to one that does not, it is a record of two fields.
 */
final class Optionals {

    static final String VALUE = "value";
    static final String PRESENT = "present";

    private static final String PREFIX = "optional(";

    private Optionals() {
    }

    static String typeName(String ofValue) {
        return PREFIX + ofValue + ")";
    }

    static boolean isOptional(ElementSchema schema) {
        return schema.typeName().startsWith(PREFIX) && schema.fields().size() == 2
                && schema.fields().get(0).name().equals(VALUE) && schema.fields().get(1).name().equals(PRESENT)
                && schema.fields().get(1).typeName().equals("bool");
    }
}
