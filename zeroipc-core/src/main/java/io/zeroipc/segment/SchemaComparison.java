package io.zeroipc.segment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** As many as a message names. */
    private static final int CHANGES_MAX = 8;

    private SchemaComparison() {
    }

    /** In what the sides differ, or null when one can read what the other has written. */
    static @Nullable String difference(ElementSchema declared, ElementSchema asked) {
        String ofFields = fieldDifference(declared, asked);
        if (declared.byteSize() == asked.byteSize()) {
            return ofFields;
        }
        return "bytes=" + declared.byteSize() + ", asked for=" + asked.byteSize()
                + (ofFields == null ? "" : ", " + ofFields);
    }

    /** The fields in which the sides differ, whatever their sizes; null when there is none that is known. */
    static @Nullable String fieldDifference(ElementSchema declared, ElementSchema asked) {
        List<String> changes = changes(declared, asked);
        if (changes.isEmpty()) {
            return null;
        }
        String more = changes.size() > CHANGES_MAX ? "; and " + (changes.size() - CHANGES_MAX) + " more" : "";
        return String.join("; ", changes.subList(0, Math.min(changes.size(), CHANGES_MAX))) + more;
    }

    /** Each of them: what the creator has said first, then what it has not. */
    private static List<String> changes(ElementSchema declared, ElementSchema asked) {
        if (isOpaque(declared) || isOpaque(asked)) {
            return List.of();
        }
        List<Leaf> ours = leaves(asked);
        List<Leaf> theirs = leaves(declared);
        Map<String, Leaf> ourNames = byName(ours);
        Map<String, Leaf> theirNames = byName(theirs);
        Map<Integer, Leaf> ourPlaces = new HashMap<>();
        ours.forEach(leaf -> ourPlaces.put(leaf.offset, leaf));
        Set<Leaf> matched = new HashSet<>();
        List<String> changes = new ArrayList<>();
        for (Leaf their : theirs) {
            Leaf our = ourNames.get(their.name);
            Leaf inPlace = ourPlaces.get(their.offset);
            if (our == null && inPlace != null && !theirNames.containsKey(inPlace.name)) {
                // A name of one side only is another name for what is in that place.
                our = inPlace;
            }
            if (our == null) {
                changes.add("removed=" + their);
                continue;
            }
            matched.add(our);
            if (!their.isLike(our)) {
                changes.add((their.hasTypeOf(our) ? "moved=" : "retyped=") + their + ", asked for=" + our);
            } else {
                changes.addAll(inside(their, our));
            }
        }
        ours.stream().filter(our -> !matched.contains(our)).forEach(our -> changes.add("added=" + our));
        return changes;
    }

    private static Map<String, Leaf> byName(List<Leaf> leaves) {
        Map<String, Leaf> byName = new HashMap<>();
        leaves.forEach(leaf -> byName.putIfAbsent(leaf.name, leaf));
        return byName;
    }

    /** Of a field that both have in one place: the records of an array, the constants of an enum. */
    private static List<String> inside(Leaf their, Leaf our) {
        if (their.nested != null && our.nested != null) {
            return changes(their.nested, our.nested).stream().map(each -> "array=" + their.name + ", " + each).toList();
        }
        String constant = movedConstant(their.constants, our.constants);
        return constant == null
                ? List.of()
                : List.of("renumbered=" + their + ", constant=" + constant + ", number="
                        + their.constants.indexOf(constant) + ", asked for=" + our.constants.indexOf(constant));
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
            return offset == other.offset && hasTypeOf(other);
        }

        /** As far as both say what theirs is. */
        boolean hasTypeOf(Leaf other) {
            return byteSize == other.byteSize && (isOpaque() || other.isOpaque() || (count == other.count
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
