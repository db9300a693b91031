package io.zeroipc.export;

import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

import io.zeroipc.export.Type.Constants;
import io.zeroipc.export.Type.Member;
import io.zeroipc.export.Type.Part;
import io.zeroipc.export.Type.Role;
import io.zeroipc.export.Type.Struct;

/** A module for Python 3.9 and newer, with nothing but its standard library, and with NumPy where that is there. */
final class PythonWriter implements TypeWriter {

    static final Set<String> KEYWORDS = Set.of("False", "None", "True", "and", "as", "assert", "async", "await",
            "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
            "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
            "with", "yield");
    /** Attributes of numbers and of enums, which a constant cannot be. */
    private static final Set<String> OF_ENUMS = Set.of("mro", "name", "value", "names", "values", "real", "imag",
            "numerator", "denominator", "conjugate", "bit_length", "bit_count", "to_bytes", "from_bytes",
            "as_integer_ratio", "is_integer");
    /** What the file itself calls so. */
    private static final Set<String> OWN = Set.of("ctypes", "enum", "numpy", "ImportError", "getattr", "list", "map",
            "zip", "_check", "_dtype");

    private static final Names.Rules RULES = Names.Rules.ascii(each -> each == '_' || Character.isLetter(each),
            KEYWORDS::contains);
    /** Names between underscores are Python's own. */
    private static final Names.Rules OF_FIELDS = Names.Rules.unicode(name -> KEYWORDS.contains(name)
            || (name.startsWith("_") && name.endsWith("_") && !name.endsWith("___")) || name.equals("_objects"),
            name -> Normalizer.normalize(name, Normalizer.Form.NFKC));
    private static final Names.Rules OF_CONSTANTS = Names.Rules.ascii(Character::isLetter,
            name -> KEYWORDS.contains(name) || OF_ENUMS.contains(name));

    @Override
    public String write(Model model, Target target) {
        target.refusePackage(Language.PYTHON);
        Source source = new Source("#");
        Model.Peer peer = model.peer();
        source.head(model);
        if (peer == null) {
            source.line("import ctypes");
        } else {
            PythonPeer.imports(source, model);
        }
        if (model.types().stream().anyMatch(Constants.class::isInstance)) {
            source.line("import enum");
        }
        source.blank().open("try:").line("import numpy").end();
        source.open("except ImportError:").line("numpy = None").end();
        helpers(source);
        if (peer != null) {
            PythonPeer.records(source);
        }

        Names all = new Names(RULES, peer == null ? OWN : PythonPeer.own(OWN));
        Map<Type, String> names = all.of(model.byImportance());
        for (Type type : model.types()) {
            source.blank().blank();
            switch (type) {
                case Constants constants -> constants(source, String.valueOf(names.get(type)), constants);
                case Struct struct -> struct(source, struct, names, all, peer != null);
            }
        }
        Map<Model.Root, String> plain = new LinkedHashMap<>();
        model.plainRoots().forEach(root -> plain.put(root, all.take(Names.camel(root.name()))));
        source.blank();
        plain.forEach((root, name) -> source.line(name + " = " + type(root.element(), names),
                root.element().meaning()));

        source.blank().open("if numpy is not None:");
        Map<Struct, String> dtypes = new LinkedHashMap<>();
        for (Struct struct : model.structs()) {
            dtypes.put(struct, all.take(names.get(struct) + "_dtype"));
            dtype(source, struct, dtypes);
        }
        Map<Model.Root, String> plainDtypes = new LinkedHashMap<>();
        plain.forEach((root, name) -> {
            String dtype = all.take(name + "_dtype");
            plainDtypes.put(root, dtype);
            source.line(dtype + " = numpy.dtype(" + format(root.element(), dtypes) + ")");
        });
        if (dtypes.isEmpty() && plain.isEmpty()) {
            source.line("pass");
        }
        source.end();
        if (peer != null) {
            new PythonPeer(peer, names, dtypes, plainDtypes).write(source, all);
        }
        return source.toString();
    }

    private static void constants(Source source, String name, Constants type) {
        Names names = new Names(OF_CONSTANTS, Set.of());
        source.open("class " + name + "(enum.IntEnum):");
        for (int i = 0; i < type.names().size(); i++) {
            source.line(names.take(type.names().get(i)) + " = " + i);
        }
        source.end();
    }

    private static void struct(Source source, Struct struct, Map<Type, String> names, Names all,
            boolean shown) {
        String name = String.valueOf(names.get(struct));
        Map<Part, String> parts = Names.ofParts(struct, OF_FIELDS, Set.of());
        source.about(struct)
                .open("class " + name + "(" + (shown ? PythonPeer.base(struct) : "ctypes.Structure") + "):");
        if (struct.isPacked()) {
            // From Python 3.14 on one is not allowed without the other.
            source.line("_layout_ = \"ms\"").line("_pack_ = " + struct.packing());
        }
        boolean aligned = struct.alignment() == struct.naturalAlignment();
        if (!aligned) {
            source.line("_align_ = " + struct.alignment(), "from Python 3.13 on");
        }
        source.open("_fields_ = [");
        for (Part part : struct.parts()) {
            String declared = "(" + Source.quotedInPython(String.valueOf(parts.get(part))) + ", ";
            switch (part) {
                case Part.Padding padding -> source.line(declared + "ctypes.c_uint8 * " + padding.byteSize() + "),");
                case Part.Field(var member) -> source.line(
                        declared + (shown
                                ? checkedType(name + "." + parts.get(part), member, names)
                                : type(member.element(), names)
                                        + (member.count() == 1 ? "" : " * " + member.count()))
                                + "),",
                        meaning(member.element(), names));
            }
        }
        source.close("]");
        if (shown) {
            shown(source, parts, names);
        }
        source.end().blank().blank();
        if (struct.role() == Role.RECORD) {
            source.line(all.take(name + "_fingerprint") + " = \"" + Source.fingerprint(struct) + "\"");
        }
        check(source, "size of " + name, "ctypes.sizeof(" + name + ")", struct.byteSize());
        if (aligned) {
            check(source, "alignment of " + name, "ctypes.alignment(" + name + ")", struct.alignment());
        }
        parts.forEach((part, partName) -> {
            if (part instanceof Part.Field(var member)) {
                String quoted = Source.quotedInPython(partName);
                String field = quoted.contains("\\") ? "getattr(" + name + ", " + quoted + ")" : name + "." + partName;
                check(source, "offset of " + name + "." + quoted.substring(1, quoted.length() - 1), field + ".offset",
                        member.offset());
            }
        });
    }

    /** What is said in its text of numbers that are constants, and of bytes that are nothing. */
    private static void shown(Source source, Map<Part, String> parts, Map<Type, String> names) {
        StringJoiner constants = new StringJoiner(", ", "{", "}");
        StringJoiner padding = new StringJoiner(", ", "(", ",)");
        parts.forEach((part, name) -> {
            switch (part) {
                case Part.Padding _ -> padding.add(Source.quotedInPython(name));
                case Part.Field(var member) -> {
                    if (member.element() instanceof Element.Constant(var type)) {
                        constants.add(Source.quotedInPython(name) + ": " + names.get(type));
                    }
                }
            }
        });
        if (constants.length() > "{}".length()) {
            source.line("_constants_ = " + constants);
        }
        if (padding.length() > "(,)".length()) {
            source.line("_padding_ = " + padding);
        }
    }

    private static void check(Source source, String what, String actual, int expected) {
        source.line("_check(\"" + what + "\", " + actual + ", " + expected + ")");
    }

    private static String type(Element element, Map<Type, String> names) {
        return switch (element) {
            case Element.Numeric number -> of(number.scalar());
            case Element.Bytes bytes -> "ctypes.c_uint8 * " + bytes.byteSize();
            case Element.Text text -> "ctypes.c_char * " + text.byteSize();
            case Element.Constant(var type) -> of(type.scalar());
            case Element.Structured(var type) -> String.valueOf(names.get(type));
        };
    }

    /** Of a field whose single elements, where it has several, are not to be cut either. */
    private static String checkedType(String field, Member member, Map<Type, String> names) {
        Element element = member.element();
        String type = type(element, names);
        String quoted = Source.quotedInPython(field);
        if (element instanceof Element.Bytes bytes) {
            type = values(quoted, "ctypes.c_uint8", bytes.byteSize());
        }
        String constants = element instanceof Element.Constant(var of) ? ", " + names.get(of) : "";
        return member.count() == 1 ? type : values(quoted, type, member.count() + constants);
    }

    private static String values(String field, String type, Object rest) {
        return "_values(" + field + ", " + type + ", " + rest + ")";
    }

    private static String meaning(Element element, Map<Type, String> names) {
        return element instanceof Element.Constant(var type) ? String.valueOf(names.get(type)) : element.meaning();
    }

    private static String of(Scalar scalar) {
        return "ctypes.c_" + switch (scalar) {
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
            default -> scalar.typeName();
        };
    }

    private static void dtype(Source source, Struct struct, Map<Struct, String> dtypes) {
        String name = String.valueOf(dtypes.get(struct));
        boolean aligned = !struct.isPacked() && struct.alignment() == struct.naturalAlignment();
        source.open(name + " = _dtype(\"" + name + "\", " + struct.byteSize() + ", "
                + (aligned ? String.valueOf(struct.alignment()) : "None") + ", [");
        for (Member member : struct.members()) {
            // NumPy takes every name but none.
            String field = member.name().isEmpty() ? OF_FIELDS.legal("") : member.name();
            source.line(
                    "(" + Source.quotedInPython(field) + ", " + format(member, dtypes) + ", " + member.offset() + "),");
        }
        source.close("])");
    }

    private static void helpers(Source source) {
        source.blank()
                .blank()
                .open("def _check(what, actual, expected):")
                .open("if actual != expected:")
                .line("raise ImportError(\"%s is %s (expected: %s)\" % (what, actual, expected))")
                .end()
                .end()
                .blank()
                .blank()
                .open("def _dtype(name, size, alignment, fields):")
                .line("names, formats, offsets = map(list, zip(*fields))")
                .line("layout = {\"names\": names, \"formats\": formats, \"offsets\": offsets, \"itemsize\": size}")
                .line("dtype = numpy.dtype(layout, align=alignment is not None)")
                .line("_check(\"size of \" + name, dtype.itemsize, size)")
                .line("_check(\"offsets of \" + name, [dtype.fields[each][1] for each in names], offsets)")
                .open("if alignment is not None:")
                .line("_check(\"alignment of \" + name, dtype.alignment, alignment)")
                .end()
                .line("return dtype")
                .end();
    }

    private static String format(Member member, Map<Struct, String> dtypes) {
        String one = format(member.element(), dtypes);
        return member.count() == 1 ? one : "(" + one + ", (" + member.count() + ",))";
    }

    private static String format(Element element, Map<Struct, String> dtypes) {
        return switch (element) {
            case Element.Numeric number -> "\"" + format(number) + "\"";
            case Element.Bytes bytes -> "\"V" + bytes.byteSize() + "\"";
            case Element.Text text -> "\"S" + text.byteSize() + "\"";
            case Element.Constant(var type) -> "\"" + format(type.scalar()) + "\"";
            case Element.Structured(var type) -> String.valueOf(dtypes.get(type));
        };
    }

    private static String format(Element.Numeric number) {
        return switch (number.typeName()) {
            case "instant", "datetime" -> "<M8[ns]";
            case "duration" -> "<m8[ns]";
            case "date" -> "<M8[D]";
            default -> format(number.scalar());
        };
    }

    private static String format(Scalar scalar) {
        return switch (scalar) {
            case BOOL -> "?";
            case FLOAT32, FLOAT64 -> "<f" + scalar.byteSize();
            case UINT8, UINT16, UINT32, UINT64 -> "<u" + scalar.byteSize();
            case INT8, INT16, INT32, INT64 -> "<i" + scalar.byteSize();
        };
    }
}
