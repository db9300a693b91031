package io.zeroipc.export;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.zeroipc.export.Type.Constants;
import io.zeroipc.export.Type.Member;
import io.zeroipc.export.Type.Part;
import io.zeroipc.export.Type.Role;
import io.zeroipc.export.Type.Struct;

/**
 * A module in TypeScript, of which nothing but the types has to be taken away to have JavaScript. A class looks at the bytes where they
 * are: each of its properties reads and writes them. Values are read as what they mean, {@code null} where there is none.
 */
final class TypeScriptWriter implements TypeWriter {

    private static final Set<String> RESERVED = Set.of("any", "arguments", "as", "async", "await", "bigint", "boolean",
            "break", "case", "catch", "class", "const", "continue", "debugger", "declare", "default", "delete", "do",
            "else", "enum", "eval", "export", "extends", "false", "finally", "for", "from", "function", "get", "if",
            "implements", "import", "in", "instanceof", "interface", "let", "module", "namespace", "never", "new",
            "null", "number", "object", "of", "package", "private", "protected", "public", "readonly", "require",
            "return", "set", "static", "string", "super", "switch", "symbol", "this", "throw", "true", "try", "type",
            "typeof", "undefined", "unknown", "var", "void", "while", "with", "yield");
    private static final Names.Rules RULES = Names.Rules.ascii(each -> each == '_' || Character.isLetter(each),
            RESERVED::contains);
    /** What the file itself means by these. */
    private static final Set<String> OWN = Set.of("Array", "DataView", "Error", "Math", "NaN", "Number", "Object",
            "RangeError", "TextDecoder", "TextEncoder", "Uint8Array", "absent", "checked", "getBytes", "getText",
            "setBytes", "setText", "real", "single", "whole", "exports", "Infinity");
    /** Every name is one of a property, in quotes if need be, but for these, which are there already. */
    static final Names.Rules OF_PROPERTIES = new Names.Rules(each -> true, each -> true,
            Set.of("constructor", "__proto__")::contains, name -> name);

    @Override
    public String write(Model model, Target target) {
        target.refusePackage(Language.TYPESCRIPT);
        Source source = new Source("//");
        source.head(model);
        TypeScriptPeer peer = TypeScriptPeer.of(model);
        Names all = new Names(RULES, OWN);
        if (peer != null) {
            peer.parts(source);
            peer.reserved().forEach(all::take);
        }
        Map<Type, String> names = all.of(model.byImportance());
        helpers(source, model);
        for (Type type : model.types()) {
            if (type instanceof Constants constants) {
                source.blank();
                constants(source, String.valueOf(names.get(type)), constants);
            } else if (type instanceof Struct struct && struct.role() == Role.RECORD) {
                source.blank();
                struct(source, struct, names, peer != null);
            }
        }
        Map<Model.Root, String> roots = new HashMap<>();
        for (Model.Root root : model.roots()) {
            if (root.element() instanceof Element.Structured(var type) && type.role() == Role.RECORD) {
                roots.put(root, String.valueOf(names.get(type)));
            } else if (peer != null || !(root.element() instanceof Element.Structured)) {
                source.blank();
                roots.put(root, all.take(Names.camel(root.name())));
                plain(source, String.valueOf(roots.get(root)), root.element(), names);
            }
        }
        if (peer != null) {
            source.blank();
            peer.segment(source, all, roots, root -> type(root.element(), names));
        }
        return source.toString();
    }

    /** Only those that are needed: what is not used is an error for some. */
    private static void helpers(Source source, Model model) {
        if (!model.records().isEmpty()) {
            source.blank()
                    .open("function checked(view: DataView, at: number, size: number): number {")
                    .open("if (at < 0 || at > view.byteLength - size) {")
                    .line("throw new RangeError(`outside of the view: at=${at}, size=${size} (expected: within ${view.byteLength} bytes)`);")
                    .close("}")
                    .line("return at;")
                    .close("}");
        }
        if (uses(model, element -> element instanceof Element.Text)) {
            source.blank()
                    .open("function getText(view: DataView, at: number, size: number): string {")
                    .line("const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size);")
                    .line("const end = bytes.indexOf(0);")
                    .line("return new TextDecoder().decode(bytes.slice(0, end < 0 ? size : end));")
                    .close("}")
                    .blank()
                    .open("function setText(view: DataView, at: number, size: number, value: string, field: string): void {")
                    .line("const bytes = new TextEncoder().encode(value);")
                    .open("if (typeof value !== \"string\" || bytes.length > size || bytes.includes(0)) {")
                    .line("throw new RangeError(`text does not fit: field=${field}, value=${value} (expected: at most ${size} bytes of UTF-8, none of them 0)`);")
                    .close("}")
                    .line("const room = new Uint8Array(view.buffer, view.byteOffset + at, size);")
                    .line("room.fill(0);")
                    .line("room.set(bytes);")
                    .close("}");
        }
        if (uses(model, element -> element instanceof Element.Bytes)) {
            source.blank()
                    .open("function getBytes(view: DataView, at: number, size: number): Uint8Array {")
                    .line("return new Uint8Array(view.buffer, view.byteOffset + at, size);")
                    .close("}")
                    .blank()
                    .open("function setBytes(view: DataView, at: number, size: number, value: Uint8Array, field: string): void {")
                    .open("if (value.length !== size) {")
                    .line("throw new RangeError(`bytes do not fit: field=${field}, length=${value.length} (expected: ${size})`);")
                    .close("}")
                    .line("getBytes(view, at, size).set(value);")
                    .close("}");
        }
        if (uses(model, TypeScriptWriter::isWhole)) {
            source.blank()
                    .comment("A view would cut what has no room in a field.")
                    .open("function whole<T extends number | bigint>(value: T, low: T, high: T, field: string): T {")
                    .open("if (typeof value !== typeof low || !(value >= low && value <= high)"
                            + " || (typeof value === \"number\" && !Number.isInteger(value))) {")
                    .line("throw new RangeError(`value does not fit: field=${field}, value=${value} (expected: a ${typeof low}, ${low} to ${high})`);")
                    .close("}")
                    .line("return value;")
                    .close("}");
        }
        if (uses(model, element -> element instanceof Element.Numeric number && number.scalar().isFloating())) {
            source.blank()
                    .comment(
                            "Of what is no number, a property that is not there, a view would make NaN or some other one.")
                    .open("function real(value: number, field: string): number {")
                    .open("if (typeof value !== \"number\") {")
                    .line("throw new RangeError(`value does not fit: field=${field}, value=${value} (expected: a number)`);")
                    .close("}")
                    .line("return value;")
                    .close("}");
        }
        if (uses(model, element -> element instanceof Element.Numeric number && number.scalar() == Scalar.FLOAT32)) {
            source.blank()
                    .open("function single(value: number, field: string): number {")
                    .open("if (Number.isFinite(real(value, field)) && !Number.isFinite(Math.fround(value))) {")
                    .line("throw new RangeError(`value does not fit: field=${field}, value=${value} (expected: at most 3.4028235e+38 on both sides of 0)`);")
                    .close("}")
                    .line("return value;")
                    .close("}");
        }
        if (uses(model, element -> element instanceof Element.Numeric number && number.nullable())) {
            source.blank()
                    .open("function absent<T>(value: T, none: T): T | null {")
                    .line("return value === none || value !== value ? null : value;")
                    .close("}");
        }
    }

    private static boolean isWhole(Element element) {
        return element instanceof Element.Constant || (element instanceof Element.Numeric number
                && number.scalar() != Scalar.BOOL && !number.scalar().isFloating());
    }

    private static boolean uses(Model model, Predicate<Element> condition) {
        return model.roots().stream().map(Model.Root::element).anyMatch(condition)
                || model.structs()
                        .stream()
                        .filter(struct -> struct.role() != Role.FRAME)
                        .flatMap(struct -> struct.members().stream())
                        .map(Member::element)
                        .anyMatch(condition);
    }

    private static void constants(Source source, String name, Constants type) {
        source.open("export const " + name + " = {");
        Names names = new Names(OF_PROPERTIES, Set.of());
        for (int i = 0; i < type.names().size(); i++) {
            source.line(property(names.take(type.names().get(i))) + ": " + i + ",");
        }
        source.close("} as const;");
    }

    private void struct(Source source, Struct struct, Map<Type, String> names, boolean isPeer) {
        String name = String.valueOf(names.get(struct));
        Map<Part, String> parts = Names.ofParts(struct, OF_PROPERTIES, Set.of());
        source.about(struct)
                .open("export class " + name + " {")
                .line("static readonly SIZE = " + struct.byteSize() + ";")
                .line("static readonly ALIGNMENT = " + struct.alignment() + ";")
                .line("static readonly FINGERPRINT = \"" + Source.fingerprint(struct) + "\";")
                .open("static readonly OFFSETS = {");
        parts.forEach((part, partName) -> {
            if (part instanceof Part.Field(var member)) {
                source.line(property(partName) + ": " + member.offset() + ",");
            }
        });
        source.close("} as const;")
                .blank()
                .line("readonly #view: DataView;")
                .line("readonly #at: number;")
                .blank()
                .open("constructor(view: DataView, at = 0) {")
                .line("this.#view = view;")
                .line("this.#at = checked(view, at, " + struct.byteSize() + ");")
                .close("}")
                .blank()
                .open("static copy(from: " + name + ", view: DataView, at = 0): void {")
                .line("new Uint8Array(view.buffer, view.byteOffset + checked(view, at, " + struct.byteSize()
                        + "), " + struct.byteSize() + ").set(")
                .line("    new Uint8Array(from.#view.buffer, from.#view.byteOffset + from.#at, " + struct.byteSize()
                        + "));")
                .close("}");
        parts.forEach((part, partName) -> {
            if (part instanceof Part.Field(var member)) {
                source.blank();
                accessors(source, name + "." + partName, property(partName), member, names);
            }
        });
        if (isPeer) {
            source.blank()
                    .comment("What Node.js prints.")
                    .open("[Symbol.for(\"nodejs.util.inspect.custom\")](): object {")
                    .open("return {");
            parts.forEach((part, partName) -> {
                if (part instanceof Part.Field) {
                    source.line(property(partName) + ": " + access("this", partName) + ",");
                }
            });
            source.close("};").close("}");
        }
        source.close("}");
    }

    /** @param field for messages */
    private void accessors(Source source, String field, String property, Member member, Map<Type, String> names) {
        Element element = member.element();
        String type = type(element, names);
        int count = member.count();
        String at = "this.#at" + (member.offset() == 0 ? "" : " + " + member.offset());
        String meaning = element instanceof Element.Constant(var constants)
                ? String.valueOf(names.get(constants))
                : element.meaning();
        if (!meaning.isEmpty()) {
            source.comment(meaning);
        }
        if (count == 1) {
            source.open("get " + property + "(): " + type + " {")
                    .line("const view = this.#view, at = " + at + ";")
                    .line("return " + get(element, names) + ";")
                    .close("}")
                    .blank()
                    .open("set " + property + "(value: " + type + ") {")
                    .line("const view = this.#view, at = " + at + ";");
            set(source, element, names, field);
            source.close("}");
            return;
        }
        String step = element.byteSize() == 1 ? "" : " * " + element.byteSize();
        String array = type.contains(" ") ? "(" + type + ")[]" : type + "[]";
        source.open("get " + property + "(): " + array + " {")
                .line("const view = this.#view, start = " + at + ";")
                .open("return Array.from({ length: " + count + " }, (_, i) => {")
                .line("const at = start + i" + step + ";")
                .line("return " + get(element, names) + ";")
                .close("});")
                .close("}")
                .blank()
                .open("set " + property + "(values: " + array + ") {")
                .line("const view = this.#view, start = " + at + ";")
                .open("if (values.length !== " + count + ") {")
                .line("throw new RangeError(`array has another length: field=${" + Source.quoted(field)
                        + "}, length=${values.length} (expected: " + count + ")`);")
                .close("}")
                .open("values.forEach((value, i) => {")
                .line("const at = start + i" + step + ";");
        set(source, element, names, field);
        source.close("});").close("}");
    }

    /** Bytes of one element that is no record: how to read and write it. */
    private void plain(Source source, String name, Element element, Map<Type, String> names) {
        String type = type(element, names);
        source.open("export const " + name + " = {")
                .line("SIZE: " + element.byteSize() + ",", element.meaning())
                .open("get(view: DataView, at = 0): " + type + " {")
                .line("return " + get(element, names) + ";")
                .close("},")
                .open("set(view: DataView, at: number, value: " + type + "): void {");
        set(source, element, names, name);
        source.close("},").close("} as const;");
    }

    private static String type(Element element, Map<Type, String> names) {
        return switch (element) {
            case Element.Numeric number -> of(number.scalar()) + (number.nullable() ? " | null" : "");
            case Element.Bytes bytes -> "Uint8Array" + (bytes.nullable() ? " | null" : "");
            case Element.Text text -> "string";
            case Element.Constant constant -> "number";
            case Element.Structured structured -> switch (structured.type().role()) {
                case RECORD -> String.valueOf(names.get(structured.type()));
                case FRAME -> "Uint8Array";
                case OPTIONAL -> {
                    String value = type(structured.value(), names);
                    yield value.endsWith("| null") ? value : value + " | null";
                }
            };
        };
    }

    /** An expression with {@code view} and {@code at}. */
    private static String get(Element element, Map<Type, String> names) {
        return switch (element) {
            case Element.Numeric number -> number.nullable()
                    ? "absent(" + get(number.scalar()) + ", " + none(number) + ")"
                    : get(number.scalar());
            case Element.Constant(var type) -> get(type.scalar());
            case Element.Text text -> "getText(view, at, " + text.byteSize() + ")";
            case Element.Bytes bytes -> {
                String value = "getBytes(view, at, " + bytes.byteSize() + ")";
                yield bytes.nullable() ? value + ".every((each) => each === 0) ? null : " + value : value;
            }
            case Element.Structured(var type) -> switch (type.role()) {
                case RECORD -> "new " + names.get(type) + "(view, at)";
                case FRAME -> {
                    Member data = type.members().getLast();
                    yield "new Uint8Array(view.buffer, view.byteOffset + at + " + data.offset()
                            + ", Math.min(view.getUint32(at, true), " + data.element().byteSize() + "))";
                }
                case OPTIONAL -> "view.getUint8(at + " + type.members().getLast().offset() + ") === 0 ? null : "
                        + get(type.members().getFirst().element(), names);
            };
        };
    }

    /** A statement with {@code view}, {@code at} and {@code value}. */
    private static void set(Source source, Element element, Map<Type, String> names, String field) {
        String quoted = Source.quoted(field);
        switch (element) {
            case Element.Numeric number -> {
                String checked = checked(number, quoted);
                source.line(set(number.scalar(), number.nullable()
                        ? "value == null ? " + none(number) + " : " + checked
                        : checked));
            }
            case Element.Constant(var type) -> source.line(
                    set(type.scalar(), "whole(value, 0, " + (type.names().size() - 1) + ", " + quoted + ")"));
            case Element.Text text -> source.line("setText(view, at, " + text.byteSize() + ", value, " + quoted + ");");
            case Element.Bytes bytes -> source.line("setBytes(view, at, " + bytes.byteSize() + ", "
                    + (bytes.nullable() ? "value ?? new Uint8Array(" + bytes.byteSize() + ")" : "value") + ", "
                    + quoted + ");");
            case Element.Structured(var type) -> {
                Member first = type.members().getFirst();
                Member last = type.members().getLast();
                String all = "new Uint8Array(view.buffer, view.byteOffset + at, " + type.byteSize() + ")";
                switch (type.role()) {
                    case RECORD -> source.line(names.get(type) + ".copy(value, view, at);");
                    case FRAME -> source.open("if (value.length > " + last.element().byteSize() + ") {")
                            .line("throw new RangeError(`bytes do not fit: field=${" + quoted
                                    + "}, length=${value.length} (expected: at most "
                                    + last.element().byteSize() + ")`);")
                            .close("}")
                            .line(all + ".fill(0).set(value, " + last.offset() + ");")
                            .line("view.setUint32(at, value.length, true);");
                    case OPTIONAL -> {
                        source.line(all + ".fill(0);").open("if (value !== null) {");
                        set(source, first.element(), names, field);
                        source.line("view.setUint8(at + " + last.offset() + ", 1);").close("}");
                    }
                }
            }
        }
    }

    /** The value of a number, which must be one that its bytes have room for. */
    private static String checked(Element.Numeric number, String quoted) {
        return switch (number.scalar()) {
            case BOOL -> "value";
            case FLOAT64 -> "real(value, " + quoted + ")";
            case FLOAT32 -> "single(value, " + quoted + ")";
            default -> {
                boolean signed = number.scalar().typeName().startsWith("int");
                BigInteger room = BigInteger.TWO.pow(number.byteSize() * Byte.SIZE - (signed ? 1 : 0));
                // The lowest one says that there is none.
                BigInteger low = signed
                        ? room.negate().add(number.nullable() ? BigInteger.ONE : BigInteger.ZERO)
                        : BigInteger.ZERO;
                String suffix = number.byteSize() == Long.BYTES ? "n" : "";
                yield "whole(value, " + low + suffix + ", " + room.subtract(BigInteger.ONE) + suffix + ", " + quoted
                        + ")";
            }
        };
    }

    private static String none(Element.Numeric number) {
        return number.scalar().isFloating() ? "NaN"
                : number.byteSize() == Long.BYTES ? "-(2n ** 63n)"
                : "-(2 ** " + (number.byteSize() * 8 - 1) + ")";
    }

    private static String of(Scalar scalar) {
        return switch (scalar) {
            case BOOL -> "boolean";
            case INT64, UINT64 -> "bigint";
            default -> "number";
        };
    }

    private static String get(Scalar scalar) {
        return scalar == Scalar.BOOL
                ? "view.getUint8(at) !== 0"
                : "view.get" + accessor(scalar) + "(at" + order(scalar)
                        + ")";
    }

    private static String set(Scalar scalar, String value) {
        return scalar == Scalar.BOOL
                ? "view.setUint8(at, " + value + " ? 1 : 0);"
                : "view.set" + accessor(scalar) + "(at, " + value + order(scalar) + ");";
    }

    private static String order(Scalar scalar) {
        return scalar.byteSize() == 1 ? "" : ", true";
    }

    private static String accessor(Scalar scalar) {
        return switch (scalar) {
            case INT64 -> "BigInt64";
            case UINT64 -> "BigUint64";
            default -> Names.camel(scalar.typeName());
        };
    }

    /** A property of an object. */
    static String access(String object, String name) {
        String property = property(name);
        return object + (property.equals(name) ? "." + property : "[" + property + "]");
    }

    /** As it stands in front of a colon or a parenthesis. */
    static String property(String name) {
        return name.matches("[A-Za-z_$][A-Za-z0-9_$]*") ? name : Source.quoted(name);
    }
}
