package io.zeroipc.export;

import java.util.Map;
import java.util.Set;

import io.zeroipc.export.Type.Constants;
import io.zeroipc.export.Type.Part;
import io.zeroipc.export.Type.Struct;

/** What headers in C and C++ have in common: members, padding, packing, and what the compiler is to check. */
abstract sealed class CFamilyWriter implements TypeWriter permits CppWriter, CWriter {

    /** Keywords of C and C++ up to 23, and names that headers of the system have for something else. */
    private static final Set<String> RESERVED = Set.of("alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand",
            "bitor", "bool", "break", "case", "catch", "char", "char16_t", "char32_t", "char8_t", "class", "co_await",
            "co_return", "co_yield", "compl", "concept", "const", "const_cast", "consteval", "constexpr", "constinit",
            "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum", "explicit",
            "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable",
            "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private",
            "protected", "public", "register", "reinterpret_cast", "requires", "restrict", "return", "short", "signed",
            "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local",
            "throw", "true", "try", "typedef", "typeid", "typename", "typeof", "typeof_unqual", "union", "unsigned",
            "using", "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq", "std", "main", "linux",
            "unix", "i386", "errno", "assert", "offsetof", "major", "minor", "makedev", "stdin", "stdout", "stderr",
            "NULL", "EOF", "NAN", "INFINITY", "HUGE_VAL", "DOMAIN", "SING", "OVERFLOW", "UNDERFLOW", "PLOSS", "TLOSS",
            "BUFSIZ", "RAND_MAX", "I", "complex", "imaginary", "noreturn", "TRUE", "FALSE", "BIG_ENDIAN",
            "LITTLE_ENDIAN", "BYTE_ORDER", "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t",
            "uint32_t", "uint64_t", "size_t", "ptrdiff_t", "max_align_t");

    /** Macros of the standard library and of Linux, in whatever order a program includes their headers. */
    private static final Set<String> MACROS = Set.of(PeerText.text("cpp/macros.txt").split("\\s+"));

    /** Names with an underscore in front are the compiler's, in one place or another. */
    static final Names.Rules RULES = Names.Rules.ascii(Character::isLetter,
            name -> RESERVED.contains(name) || MACROS.contains(name)
                    || name.matches("U?INT(8|16|32|64|PTR|MAX)_[A-Z]+"));

    private final String alignas;
    private final String staticAssert;
    private final String alignof;

    /** @param alignas and the others, as the language spells them without a header */
    CFamilyWriter(String alignas, String staticAssert, String alignof) {
        this.alignas = alignas;
        this.staticAssert = staticAssert;
        this.alignof = alignof;
    }

    /** The type of a number. */
    abstract String of(Scalar scalar);

    /** The declaration of constants. */
    abstract void constants(Source source, String name, Constants type, Names others);

    /** The lines around the members. */
    abstract String begin(String name);

    abstract String end(String name);

    /** The declaration of a text that users compare. */
    abstract void fingerprint(Source source, String name, String fingerprint);

    /** All types, in order. */
    final void types(Source source, Model model, Map<Type, String> names, Names others) {
        for (Type type : model.types()) {
            source.blank();
            switch (type) {
                case Constants constants -> constants(source, String.valueOf(names.get(type)), constants, others);
                case Struct struct -> struct(source, struct, names, others);
            }
        }
    }

    private void struct(Source source, Struct struct, Map<Type, String> names, Names others) {
        String name = String.valueOf(names.get(struct));
        // Of a macro as well as of a type, which a member would be taken for.
        Map<Part, String> parts = Names.ofParts(struct, RULES, others.taken());
        source.about(struct);
        if (struct.isPacked()) {
            source.line("#pragma pack(push, " + struct.packing() + ")");
        }
        // The first member makes the whole aligned to more than it is by itself.
        String aligned = struct.alignment() > struct.naturalAlignment()
                ? alignas + "(" + struct.alignment() + ") "
                : "";
        source.open(begin(name));
        for (Part part : struct.parts()) {
            switch (part) {
                case Part.Padding padding -> source.line(aligned + of(Scalar.UINT8) + " " + parts.get(part) + "["
                        + padding.byteSize() + "];");
                case Part.Field(var member) -> {
                    Element element = member.element();
                    source.line(aligned + type(element, names) + " " + parts.get(part)
                            + (member.count() == 1 ? "" : "[" + member.count() + "]") + bytes(element) + ";",
                            element.meaning());
                }
            }
            aligned = "";
        }
        source.close(end(name));
        if (struct.isPacked()) {
            source.line("#pragma pack(pop)");
        }
        if (struct.role() == Type.Role.RECORD) {
            fingerprint(source, others.take(name + "_fingerprint"), Source.fingerprint(struct));
        }
        check(source, "sizeof(" + name + ")", struct.byteSize(), "size of " + name);
        check(source, alignof + "(" + name + ")", struct.alignment(), "alignment of " + name);
        parts.forEach((part, partName) -> {
            if (part instanceof Part.Field(var member)) {
                check(source, "offsetof(" + name + ", " + partName + ")", member.offset(),
                        "offset of " + name + "." + partName);
            }
        });
    }

    private void check(Source source, String expression, int expected, String what) {
        source.line(staticAssert + "(" + expression + " == " + expected + ", \"" + what + "\");");
    }

    /** Of one element, without what stands behind the name. */
    final String type(Element element, Map<Type, String> names) {
        return switch (element) {
            case Element.Numeric number -> of(number.scalar());
            case Element.Bytes bytes -> of(Scalar.UINT8);
            case Element.Text text -> "char";
            case Element.Constant(var type) -> String.valueOf(names.get(type));
            case Element.Structured(var type) -> String.valueOf(names.get(type));
        };
    }

    /** What stands behind the name of one element. */
    static String bytes(Element element) {
        return element instanceof Element.Bytes || element instanceof Element.Text
                ? "[" + element.byteSize() + "]"
                : "";
    }
}
