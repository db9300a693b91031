package io.zeroipc.export;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.zeroipc.export.Type.Constants;
import io.zeroipc.export.Type.Part;
import io.zeroipc.export.Type.Struct;

/**
 * A module in Rust, without a crate; of a segment, with all that opens it and reads and writes its structures. What others write may be any bytes, and there are no bytes that one of these types may not have:
 * a {@code bool} is a {@code u8} here, and an enum a number with names for some of its values.
 */
final class RustWriter implements TypeWriter {

    /** Keywords that cannot even be raw identifiers, and names without which the file itself would not compile. */
    private static final Set<String> RESERVED = Set.of("crate", "self", "super", "Self", "_", "u8", "u16", "u32", "u64",
            "i8", "i16", "i32", "i64", "f32", "f64", "str", "core");
    private static final Set<String> KEYWORDS = Set.of("abstract", "as", "async", "await", "become", "box", "break",
            "const", "continue", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
            "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
            "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
            "virtual", "where", "while", "yield");
    private static final Names.Rules RULES = Names.Rules.ascii(each -> each == '_' || Character.isLetter(each),
            RESERVED::contains);

    @Override
    public String write(Model model, Target target) {
        target.refusePackage(Language.RUST);
        Source source = new Source("//");
        source.head(model);
        Map<Type, String> names = new LinkedHashMap<>();
        // What is derived, and what stands in front of every file.
        Names all = new Names(RULES, Set.of("Clone", "Copy", "Debug", "Eq", "PartialEq", "Option", "Some", "None", "Ok",
                "Err", "Result"));
        model.byImportance().forEach(type -> names.put(type, raw(all.take(type.wantedName()))));
        for (Type type : model.types()) {
            source.blank();
            switch (type) {
                case Constants constants -> constants(source, String.valueOf(names.get(type)), constants);
                case Struct struct -> struct(source, struct, names);
            }
        }
        for (Model.Root root : model.plainRoots()) {
            source.blank()
                    .line("#[allow(non_camel_case_types, dead_code)]")
                    .line("pub type " + raw(all.take(Names.camel(root.name()))) + " = " + type(root.element(), names)
                            + ";", root.element().meaning());
        }
        Model.Peer peer = model.peer();
        if (peer != null) {
            String segment = raw(all.takeOfSegment(peer.name()));
            new RustPeer(source, all.take("zipc"), element -> type(element, names))
                    .write(peer, segment, RULES, RustWriter::raw);
        }
        return source.toString();
    }

    private static void constants(Source source, String name, Constants type) {
        source.line("#[allow(non_camel_case_types)]")
                .line("#[repr(transparent)]")
                .line("#[derive(Clone, Copy, Debug, PartialEq, Eq)]")
                .line("pub struct " + name + "(pub " + of(type.scalar()) + ");")
                .blank()
                .line("#[allow(non_upper_case_globals, dead_code)]")
                .open("impl " + name + " {");
        Names names = new Names(RULES, Set.of());
        for (int i = 0; i < type.names().size(); i++) {
            source.line("pub const " + raw(names.take(type.names().get(i))) + ": Self = Self(" + i + ");");
        }
        source.close("}");
    }

    private void struct(Source source, Struct struct, Map<Type, String> names) {
        String name = String.valueOf(names.get(struct));
        Map<Part, String> parts = Names.ofParts(struct, RULES, new HashSet<>());
        source.about(struct);
        source.line("#[allow(non_camel_case_types, non_snake_case, dead_code)]");
        source.line("#[repr(C" + (struct.isPacked() ? ", packed(" + struct.packing() + ")"
                : struct.alignment() > struct.naturalAlignment() ? ", align(" + struct.alignment() + ")"
                : "") + ")]");
        source.line("#[derive(Clone, Copy, Debug)]").open("pub struct " + name + " {");
        for (Part part : struct.parts()) {
            String declared = "pub " + raw(String.valueOf(parts.get(part))) + ": ";
            switch (part) {
                case Part.Padding padding -> source.line(declared + array("u8", padding.byteSize()) + ",");
                case Part.Field(var member) -> {
                    String type = type(member.element(), names);
                    source.line(declared + (member.count() == 1 ? type : array(type, member.count())) + ",",
                            member.element().meaning());
                }
            }
        }
        source.close("}").blank();
        if (struct.role() == Type.Role.RECORD) {
            source.line("#[allow(dead_code)]")
                    .open("impl " + name + " {")
                    .line("pub const FINGERPRINT: &'static str = \"" + Source.fingerprint(struct) + "\";")
                    .close("}")
                    .blank();
        }
        source.open("const _: () = {")
                .line("assert!(core::mem::size_of::<" + name + ">() == " + struct.byteSize() + ");")
                .line("assert!(core::mem::align_of::<" + name + ">() == " + struct.alignment() + ");");
        parts.forEach((part, partName) -> {
            if (part instanceof Part.Field(var member)) {
                source.line("assert!(core::mem::offset_of!(" + name + ", " + raw(partName) + ") == " + member.offset()
                        + ");");
            }
        });
        source.close("};");
    }

    private static String type(Element element, Map<Type, String> names) {
        return switch (element) {
            case Element.Numeric number -> of(number.scalar());
            case Element.Bytes bytes -> array("u8", bytes.byteSize());
            case Element.Text text -> array("u8", text.byteSize());
            case Element.Constant(var type) -> String.valueOf(names.get(type));
            case Element.Structured(var type) -> String.valueOf(names.get(type));
        };
    }

    private static String array(String type, int count) {
        return "[" + type + "; " + count + "]";
    }

    private static String of(Scalar scalar) {
        return switch (scalar) {
            case INT8 -> "i8";
            case UINT8, BOOL -> "u8";
            case INT16 -> "i16";
            case UINT16 -> "u16";
            case INT32 -> "i32";
            case UINT32 -> "u32";
            case INT64 -> "i64";
            case UINT64 -> "u64";
            case FLOAT32 -> "f32";
            case FLOAT64 -> "f64";
        };
    }

    private static String raw(String name) {
        return KEYWORDS.contains(name) ? "r#" + name : name;
    }
}
