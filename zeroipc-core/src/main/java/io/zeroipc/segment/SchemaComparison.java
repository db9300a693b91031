package io.zeroipc.segment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;

/**
 * Whether two sides mean the same by the bytes of an element: {@code docs/format/catalogue.md}, <em>Comparing</em>. Nested
 * records count as the fields they consist of. Pure functions.
 */
final class SchemaComparison {

    /**
     * Types of the vocabulary that say what their bytes mean. Not {@code bytes(n)}, and not the names of an application's
     * own codecs: nothing contradicts them but another size.
     */
    private static final Pattern TELLING = Pattern.compile("(nullable\\()?(u?int(8|16|32|64)|float(32|64)|bool|uuid"
            + "|instant|duration|date|datetime|decimal\\([0-9]+\\)|(string|frame)\\([0-9]+\\))\\)?");

    private SchemaComparison() {
    }

    /** The first thing in which the sides differ, or null when one can read what the other has written. */
    static @Nullable String difference(ElementSchema declared, ElementSchema asked) {
        if (declared.byteSize() != asked.byteSize()) {
            return "bytes=" + declared.byteSize() + ", asked for=" + asked.byteSize();
        }
        return fieldDifference(declared, asked);
    }

    /** The first field in which the sides differ, whatever their sizes; null when there is none that is known. */
    static @Nullable String fieldDifference(ElementSchema declared, ElementSchema asked) {
        if (isOpaque(declared) || isOpaque(asked)) {
            return null;
        }
        List<Leaf> ours = leaves(asked);
        List<Leaf> theirs = leaves(declared);
        for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
            Leaf their = i < theirs.size() ? theirs.get(i) : null;
            Leaf our = i < ours.size() ? ours.get(i) : null;
            if (their == null || our == null || !their.isLike(our)) {
                return "field=" + describe(their) + ", asked for=" + describe(our);
            }
            String inside = their.nested == null || our.nested == null ? null : difference(their.nested, our.nested);
            if (inside != null) {
                return "array=" + their.name + ", " + inside;
            }
        }
        return moved(theirs, ours);
    }

    /** A name that both sides have in different places: same types, other meaning. A name of one side only is a rename. */
    private static @Nullable String moved(List<Leaf> theirs, List<Leaf> ours) {
        Map<String, Leaf> byName = new HashMap<>();
        ours.forEach(leaf -> byName.putIfAbsent(leaf.name, leaf));
        for (int i = 0; i < theirs.size(); i++) {
            Leaf their = theirs.get(i);
            Leaf our = byName.get(their.name);
            if (our != null && our.offset != their.offset) {
                return "field=" + their + ", asked for=" + our;
            }
            String constant = movedConstant(their.constants, ours.get(i).constants);
            if (constant != null) {
                return "field=" + their + ", constant=" + constant + ", number="
                        + their.constants.indexOf(constant) + ", asked for="
                        + ours.get(i).constants.indexOf(constant);
            }
        }
        return null;
    }

    private static @Nullable String movedConstant(List<String> theirs, List<String> ours) {
        for (int i = 0; i < theirs.size(); i++) {
            int number = ours.indexOf(theirs.get(i));
            if (number >= 0 && number != i) {
                return theirs.get(i);
            }
        }
        return null;
    }

    private static boolean isOpaque(ElementSchema schema) {
        return schema.fields().isEmpty() && !TELLING.matcher(schema.typeName()).matches();
    }

    private static String describe(@Nullable Leaf leaf) {
        return leaf == null ? "none" : leaf.toString();
    }

    private static List<Leaf> leaves(ElementSchema schema) {
        List<Leaf> leaves = new ArrayList<>();
        if (schema.fields().isEmpty()) {
            leaves.add(new Leaf("", schema.typeName(), 0, schema.byteSize(), 1, List.of(), null));
        } else {
            addLeaves(schema, "", 0, leaves);
        }
        return leaves;
    }

    private static void addLeaves(ElementSchema schema, String path, int offset, List<Leaf> leaves) {
        for (ElementSchema.Field field : schema.fields()) {
            if (field.nested() != null && field.count() == 1) {
                addLeaves(field.nested(), path + field.name() + ".", offset + field.offset(), leaves);
            } else {
                leaves.add(new Leaf(path + field.name(), field.typeName(), offset + field.offset(), field.byteSize(),
                        field.count(), field.constants(), field.nested()));
            }
        }
    }

    /** A field that is no record, or an array of records. */
    private record Leaf(String name, String type, int offset, int byteSize, int count, List<String> constants,
            @Nullable ElementSchema nested) {

        boolean isLike(Leaf other) {
            return offset == other.offset && byteSize == other.byteSize
                    && (isOpaque() || other.isOpaque() || (count == other.count
                            && (nested == null
                                    ? other.nested == null && type.equals(other.type)
                                    : other.nested != null)));
        }

        private boolean isOpaque() {
            return nested == null && !TELLING.matcher(type).matches();
        }

        @Override
        public String toString() {
            return (name.isEmpty() ? type : type + (count == 1 ? " " : "[" + count + "] ") + name) + " at " + offset;
        }
    }
}
