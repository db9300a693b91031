package io.zeroipc.export;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.zeroipc.export.Type.Member;
import io.zeroipc.export.Type.Role;
import io.zeroipc.export.Type.Struct;

/** The components of records: their types and annotations, and what has to be imported for them. */
final class JavaComponents {

    private static final String CODEC = "io.zeroipc.codec.";

    /**
     * One component without its name.
     *
     * @param text annotations and type
     * @param exact whether a schema made of it is the one that it was made of
     */
    record Component(String text, boolean exact) {}

    private final String outer;
    private final Map<Type, String> names;
    private final Set<String> declared;
    private final Set<String> imports = new TreeSet<>();

    /**
     * @param outer the class around all of them
     * @param names of all types that are declared
     */
    JavaComponents(String outer, Map<Type, String> names) {
        this.outer = outer;
        this.names = names;
        this.declared = names.values()
                .stream()
                .flatMap(name -> Stream.of(name, Names.simple(name)))
                .collect(Collectors.toSet());
    }

    /** What the components so far need. */
    Set<String> imports() {
        return imports;
    }

    /** As the engine aligns it in a record. */
    static int alignment(Element element) {
        return element instanceof Element.Structured(var type)
                ? type.members().stream().mapToInt(member -> alignment(member.element())).max().orElse(1)
                : element.alignment();
    }

    Component of(Struct struct, Member member) {
        Element element = member.element();
        boolean array = member.count() > 1;
        if (element instanceof Element.Structured(var type) && type.role() == Role.OPTIONAL) {
            Element value = type.members().getFirst().element();
            requireOptional(struct, member, type);
            return component(struct, member, value, array, flagged(), true);
        }
        boolean nullable = (element instanceof Element.Numeric number && number.nullable())
                || (element instanceof Element.Bytes bytes && bytes.nullable());
        return component(struct, member, element, array, nullable ? "@" + use(CODEC + "Absent") + " " : "", nullable);
    }

    private Component component(Struct struct, Member member, Element element, boolean array, String absent,
            boolean boxed) {
        String length = array ? "@" + use(CODEC + "Length") + "(" + member.count() + ") " : "";
        String brackets = array ? "[]" : "";
        return switch (element) {
            case Element.Numeric number -> {
                boolean bytes = number.scalar() == Scalar.INT8 && array && !boxed;
                yield new Component(absent + annotation(number) + length + type(number, boxed) + brackets, !bytes);
            }
            case Element.Constant(var type) -> switch (type.scalar()) {
                case INT32, UINT8, UINT16, UINT32 -> new Component(
                        absent + unsigned(type.scalar()) + length + reference(struct, type) + brackets, true);
                default -> new Component(absent + annotation(type.scalar()) + length + primitive(type.scalar(), boxed)
                        + brackets, false);
            };
            case Element.Structured(var type) when type.role() == Role.RECORD -> new Component(
                    absent + length + reference(struct, type) + brackets, true);
            case Element.Bytes bytes when bytes.isUuid() -> new Component(
                    absent + length + use("java.util.UUID") + brackets, true);
            case Element.Bytes bytes when !array -> new Component(
                    absent + "@" + use(CODEC + "Length") + "(" + bytes.byteSize() + ") byte[]",
                    bytes.typeName().startsWith("bytes("));
            case Element.Text text when !array -> new Component(
                    absent + "@" + use(CODEC + "Length") + "(" + text.byteSize() + ") " + use("java.lang.String"),
                    true);
            default -> throw JavaWriter.refused(struct, member,
                    "no frame, and no array of texts, of bytes or of another array");
        };
    }

    /** A name as it is understood in a record: one in a class of its own hides the type that has its name around both. */
    private String reference(Struct from, Type type) {
        String name = String.valueOf(names.get(type));
        String hidden = Names.simple(String.valueOf(names.get(from)));
        return name.equals(hidden) || name.startsWith(hidden + ".") ? outer + "." + name : name;
    }

    private String flagged() {
        String absent = use(CODEC + "Absent");
        return "@" + absent + "(" + absent + ".By.FLAG) ";
    }

    /** A value, and the flag right behind it. */
    private static void requireOptional(Struct struct, Member member, Struct optional) {
        Member value = optional.members().getFirst();
        Member present = optional.members().getLast();
        int alignment = alignment(value.element());
        long size = value.element().byteSize() + 1L + alignment - 1 & -alignment;
        boolean nested = value.element() instanceof Element.Structured(var type) && type.role() != Role.RECORD;
        if (nested || optional.members().size() != 2 || value.offset() != 0 || value.count() != 1
                || present.offset() != value.element().byteSize() || optional.byteSize() != size) {
            throw JavaWriter.refused(struct, member, "a value and a flag right behind it");
        }
    }

    private String annotation(Element.Numeric number) {
        return number.isDecimal()
                ? "@" + use(CODEC + "Scale") + "(" + number.scale() + ") "
                : annotation(number.scalar());
    }

    /** Where the Java type is as wide as the field, the width is left out. */
    private String annotation(Scalar scalar) {
        return scalar == Scalar.UINT64 ? "@" + use(CODEC + "Unsigned") + " " : unsigned(scalar);
    }

    private String unsigned(Scalar scalar) {
        return switch (scalar) {
            case UINT8, UINT16, UINT32 -> "@" + use(CODEC + "Unsigned") + "(" + scalar.byteSize() * Byte.SIZE + ") ";
            default -> "";
        };
    }

    private String type(Element.Numeric number, boolean boxed) {
        return switch (number.typeName()) {
            case "instant" -> use("java.time.Instant");
            case "duration" -> use("java.time.Duration");
            case "date" -> use("java.time.LocalDate");
            case "datetime" -> use("java.time.LocalDateTime");
            default -> number.isDecimal() ? use("java.math.BigDecimal") : primitive(number.scalar(), boxed);
        };
    }

    private String primitive(Scalar scalar, boolean boxed) {
        return switch (scalar) {
            case INT8 -> boxed ? use("java.lang.Byte") : "byte";
            case INT16 -> boxed ? use("java.lang.Short") : "short";
            case UINT8, UINT16, INT32 -> boxed ? use("java.lang.Integer") : "int";
            case UINT32, INT64, UINT64 -> boxed ? use("java.lang.Long") : "long";
            case FLOAT32 -> boxed ? use("java.lang.Float") : "float";
            case FLOAT64 -> boxed ? use("java.lang.Double") : "double";
            case BOOL -> boxed ? use("java.lang.Boolean") : "boolean";
        };
    }

    /** The simple name, unless a type of the file has it. */
    private String use(String type) {
        String simple = Names.simple(type);
        if (declared.contains(simple)) {
            return type;
        }
        if (!type.startsWith("java.lang.")) {
            imports.add(type);
        }
        return simple;
    }
}
