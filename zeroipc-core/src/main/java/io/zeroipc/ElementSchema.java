package io.zeroipc;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What the bytes of one element mean.
 *
 * @param typeName
 *            the name in the vocabulary, or a record's binary name
 * @param byteSize
 *            bytes of one element, tail padding included
 * @param alignment
 *            1, 2, 4 or 8
 * @param fields
 *            the fields of a record in order of offset; empty for every other element
 */
public record ElementSchema(String typeName, int byteSize, int alignment, List<Field> fields) {

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException
     *             if two fields have one name
     */
    public ElementSchema {
        fields = List.copyOf(fields);
        Set<String> names = new HashSet<>();
        for (Field field : fields) {
            if (!names.add(field.name())) {
                throw new IllegalArgumentException(
                        "element has two fields of one name: type=" + typeName + ", field=" + field.name());
            }
        }
    }

    /**
     * One field of a record.
     *
     * @param name
     *            the component's name
     * @param typeName
     *            the type of one element: a name of the vocabulary, or the binary name of a nested record
     * @param offset
     *            bytes from the start of the record
     * @param byteSize
     *            bytes of the whole field: {@code count} elements
     * @param count
     *            how many elements stand one after the other; 1 where the component is no array
     * @param constants
     *            the names of an enum's constants, whose stored value is their index here; empty for all others
     * @param nested
     *            the fields of a nested record, null for all others
     */
    public record Field(String name, String typeName, int offset, int byteSize, int count, List<String> constants,
            @Nullable ElementSchema nested) {

        /** Copies the list. */
        public Field {
            constants = List.copyOf(constants);
        }
    }
}
