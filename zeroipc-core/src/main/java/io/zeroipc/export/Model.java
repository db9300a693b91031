package io.zeroipc.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.export.Type.Constants;
import io.zeroipc.export.Type.Member;
import io.zeroipc.export.Type.Role;
import io.zeroipc.export.Type.Struct;

/**
 * What elements consist of, the same for every language: each type once, behind those that it needs.
 *
 * @param title whose types these are
 * @param unknown names of structures of whose elements nothing is known
 * @param peer what a program reaches with these types; null for types alone
 */
record Model(String title, List<Root> roots, List<Type> types, List<String> unknown, @Nullable Peer peer) {

    /** An element that was asked for: that of a structure, or a record by itself. */
    record Root(String name, String kind, ElementSchema schema, Element element) {}

    /**
     * A segment, and what is in it.
     *
     * @param name of its file, without directories
     * @param path of its file, or what stands for it
     */
    record Peer(String name, String path, List<Structure> structures) {}

    /**
     * A structure of a segment.
     *
     * @param kind the label
     * @param key null where there are none, or nothing is known of them
     * @param element null where there are none, or nothing is known of them
     */
    record Structure(String name, String kind, @Nullable Root key, @Nullable Root element) {}

    Model withoutPeer() {
        return new Model(title, roots, types, unknown, null);
    }

    /** With another text where the path of the segment's file stands. */
    Model at(String path) {
        return peer == null
                ? this
                : new Model(title, roots, types, unknown, new Peer(peer.name(), path, peer.structures()));
    }

    /** Records in front, which are to have the names that their fingerprints were made with. */
    List<Type> byImportance() {
        List<Type> sorted = new ArrayList<>(records());
        types.stream().filter(type -> !sorted.contains(type)).forEach(sorted::add);
        return sorted;
    }

    List<Struct> structs() {
        return types.stream().filter(Struct.class::isInstance).map(Struct.class::cast).toList();
    }

    List<Struct> records() {
        return structs().stream().filter(struct -> struct.role() == Role.RECORD).toList();
    }

    /** Those whose elements need a name, as they are no records. */
    List<Root> plainRoots() {
        return roots.stream().filter(root -> !(root.element() instanceof Element.Structured)).toList();
    }

    /** Gathers types. */
    static final class Builder {

        private static final Pattern SIZED = Pattern.compile("(bytes|string|frame)\\(([0-9]{1,10})\\)");
        private static final Pattern NULLABLE = Pattern.compile("nullable\\((.+)\\)");
        private static final Pattern DECIMAL = Pattern.compile("decimal\\(([0-9]|1[0-8])\\)");
        private static final Set<String> COUNTS = Set.of("instant", "datetime", "duration", "date");
        /** The name of what NumPy describes without one. */
        private static final String NAMELESS = "record";

        private final List<Root> roots = new ArrayList<>();
        private final Set<Type> types = new LinkedHashSet<>();
        private final List<String> unknown = new ArrayList<>();
        private final List<Structure> structures = new ArrayList<>();

        void add(String name, String kind, ElementSchema schema) {
            root(name, kind, schema);
        }

        void add(String name, String kind, @Nullable ElementSchema key, @Nullable ElementSchema element) {
            Root ofKey = key == null ? null : root(name + " key", "keys of " + kind, key);
            Root ofElement = element == null ? null : root(name, kind, element);
            if (ofElement == null) {
                unknown.add(name);
            }
            structures.add(new Structure(name, kind, ofKey, ofElement));
        }

        private Root root(String name, String kind, ElementSchema schema) {
            String wanted = Names.camel(name);
            Element element = schema.fields().isEmpty()
                    ? plain(schema.typeName(), schema.byteSize())
                    : new Element.Structured(struct(schema, wanted, ""));
            Root root = new Root(name, kind, schema, element);
            roots.add(root);
            return root;
        }

        /** Types alone. */
        Model build(String title) {
            return new Model(title, List.copyOf(roots), List.copyOf(types), List.copyOf(unknown), null);
        }

        /** With the structures of the segment in this file. */
        Model build(String title, Path file) {
            return new Model(title, List.copyOf(roots), List.copyOf(types), List.copyOf(unknown),
                    new Peer(String.valueOf(file.getFileName()), file.toString(), List.copyOf(structures)));
        }

        private Struct struct(ElementSchema schema, String nameless, String fieldOf) {
            boolean optional = schema.typeName().startsWith("optional(");
            String simple = Names.simple(schema.typeName());
            String wanted = optional ? "Optional" + fieldOf : simple.equals(NAMELESS) ? nameless : simple;
            List<Member> members = new ArrayList<>();
            for (ElementSchema.Field field : schema.fields()) {
                // The value of an optional is called as the field that has it.
                members.add(member(field, optional ? fieldOf : Names.camel(wanted) + Names.camel(field.name())));
            }
            return add(new Struct(wanted, optional ? Role.OPTIONAL : Role.RECORD, schema, members));
        }

        private Member member(ElementSchema.Field field, String fieldOf) {
            int size = field.byteSize() / field.count();
            return new Member(field.name(), element(field, size, fieldOf), field.offset(), field.count());
        }

        private Element element(ElementSchema.Field field, int size, String fieldOf) {
            ElementSchema nested = field.nested();
            if (nested != null) {
                boolean optional = nested.typeName().startsWith("optional(");
                return new Element.Structured(
                        struct(nested, Names.camel(field.name()), optional ? ofOptional(nested, fieldOf) : fieldOf));
            }
            Scalar scalar = Scalar.of(field.typeName());
            if (!field.constants().isEmpty() && scalar != null && !scalar.isFloating() && scalar != Scalar.BOOL
                    && scalar.byteSize() == size) {
                return new Element.Constant(add(new Constants(fieldOf, scalar, field.constants())));
            }
            return plain(field.typeName(), size);
        }

        /** Where all optionals of a type are one: by its name. The constants of an enum have none but that of their field. */
        private static String ofOptional(ElementSchema optional, String fieldOf) {
            ElementSchema.Field value = optional.fields().getFirst();
            return value.constants().isEmpty() ? Names.camel(Names.simple(value.typeName())) : fieldOf;
        }

        /** An element without fields. One that has another size than its name says is its bytes. */
        private Element plain(String typeName, int size) {
            Matcher nullable = NULLABLE.matcher(typeName);
            boolean isNullable = nullable.matches();
            String name = isNullable ? nullable.group(1) : typeName;
            Scalar scalar = COUNTS.contains(name) || DECIMAL.matcher(name).matches() ? Scalar.INT64 : Scalar.of(name);
            if (scalar != null && scalar.byteSize() == size) {
                return new Element.Numeric(scalar, name, isNullable);
            }
            if (name.equals("uuid") && size == 16) {
                return new Element.Bytes(size, name, isNullable);
            }
            Matcher sized = SIZED.matcher(name);
            if (sized.matches() && sized.group(1).equals("string") && Long.parseLong(sized.group(2)) == size) {
                return new Element.Text(size);
            }
            if (sized.matches() && sized.group(1).equals("frame") && size > Integer.BYTES
                    && Long.parseLong(sized.group(2)) <= size - Integer.BYTES) {
                return frame(name, size, Integer.parseInt(sized.group(2)));
            }
            return new Element.Bytes(size, typeName, false);
        }

        private Element frame(String name, int size, int capacity) {
            ElementSchema schema = new ElementSchema(name, size, Integer.BYTES, List.of());
            Member length = new Member("length", new Element.Numeric(Scalar.UINT32, "uint32", false), 0, 1);
            Member data = new Member("data", new Element.Bytes(capacity, "bytes(" + capacity + ")", false),
                    Integer.BYTES, 1);
            return new Element.Structured(
                    add(new Struct("Frame" + capacity, Role.FRAME, schema, List.of(length, data))));
        }

        private <T extends Type> T add(T type) {
            types.add(type);
            return type;
        }
    }

    /** Types by the names that a language has for them. */
    Map<Type, String> namesIn(Names.Rules rules, Set<String> taken) {
        return new Names(rules, taken).of(byImportance());
    }
}
