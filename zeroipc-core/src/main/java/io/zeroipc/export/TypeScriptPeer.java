package io.zeroipc.export;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.zeroipc.export.Model.Root;
import io.zeroipc.export.Model.Structure;
import io.zeroipc.export.Type.Role;
import io.zeroipc.json.Fingerprint;

/** What a program in TypeScript reaches a segment with: the parts that it needs, and a class with a method for each structure. */
final class TypeScriptPeer {

    /** The part that has a kind, and what else it needs, in order. */
    private static final Map<String, List<String>> PARTS = Map.of("array", List.of("elements", "array"), "state",
            List.of("elements", "waiting", "state"), "ring", List.of("elements", "waiting", "ring"), "queue",
            List.of("elements", "waiting", "queue"), "channel", List.of("elements", "waiting", "queue", "channel"),
            "counter", List.of("counter"));
    private static final Map<String, String> ABSENT = Map.of(
            "map", "a lookup that others change meanwhile follows their repairs, which is not made for JavaScript",
            "set", "a lookup that others change meanwhile follows their repairs, which is not made for JavaScript");
    private static final Pattern DECLARED = Pattern
            .compile("^(?:export )?(?:declare )?(?:class|interface|function|type|let|const) (\\w+)", Pattern.MULTILINE);
    /** What the parts, and the arrays that look at numbers, mean by these. */
    private static final Set<String> GLOBALS = Set.of("AbortSignal", "ArrayBuffer", "AsyncGenerator", "AsyncIterable",
            "Atomics", "BigInt", "BigInt64Array", "BigUint64Array", "Date", "Float32Array", "Float64Array",
            "Int16Array", "Int32Array", "Int8Array", "JSON", "Map", "Promise", "Set", "SharedArrayBuffer", "Symbol",
            "Uint16Array", "Uint32Array", "koffi", "performance", "setTimeout");
    /** A property of these names has a meaning of its own: that of the class, or of the language. */
    private static final Set<String> MEMBERS = Set.of("close", "constructor", "hasOwnProperty", "isOpen",
            "isPrototypeOf", "path", "propertyIsEnumerable", "then", "toJSON", "toLocaleString", "toString", "valueOf",
            "verify", "__proto__");
    private static final Names.Rules METHODS = Names.Rules.unicode(MEMBERS::contains, UnaryOperator.identity());

    private final Model.Peer peer;
    private final Map<String, String> parts;
    /** By the name of the type. */
    private final Map<String, String> codecs = new LinkedHashMap<>();

    private TypeScriptPeer(Model.Peer peer) {
        this.peer = peer;
        Set<String> needed = new LinkedHashSet<>(List.of("segment"));
        for (Structure structure : peer.structures()) {
            if (absence(structure) == null) {
                needed.addAll(PARTS.getOrDefault(structure.kind(), List.of()));
            }
            if (numbers(structure) != null) {
                needed.add("numbers");
            }
        }
        PeerText text = new PeerText(Language.TYPESCRIPT);
        this.parts = new LinkedHashMap<>();
        needed.forEach(part -> parts.put(part, text.part(part)));
    }

    /** Null for types alone. */
    static @Nullable TypeScriptPeer of(Model model) {
        Model.Peer peer = model.peer();
        return peer == null ? null : new TypeScriptPeer(peer);
    }

    /** What is the same for all segments. */
    void parts(Source source) {
        parts.values().forEach(text -> source.blank().verbatim(text));
    }

    /** Names that types cannot have beside the parts. */
    Set<String> reserved() {
        Set<String> names = new LinkedHashSet<>(GLOBALS);
        parts.values().forEach(text -> DECLARED.matcher(text).results().forEach(found -> names.add(found.group(1))));
        return names;
    }

    /**
     * The class.
     *
     * @param all names of the module
     * @param roots the name of each one's type
     * @param types the type of each one's value
     */
    void segment(Source source, Names all, Map<Root, String> roots, Function<Root, String> types) {
        for (Structure structure : peer.structures()) {
            Root element = structure.element();
            if (absence(structure) == null && element != null) {
                codecs.computeIfAbsent(String.valueOf(roots.get(element)), type -> codec(source, all, type, element));
            }
        }
        source.blank();
        String name = all.takeOfSegment(peer.name());
        source.comment(
                "The segment. Each method attaches a structure when it is called first, and gives the same one each time.")
                .open("export class " + name + " {")
                .comment("Where it was when this file was made.")
                .line("static readonly PATH: string = " + Source.quoted(peer.path()) + ";")
                .blank()
                .line("readonly #segment: MappedSegment;")
                .blank()
                .open("private constructor(segment: MappedSegment) {")
                .line("this.#segment = segment;")
                .close("}")
                .blank()
                .open("static open(path: string = " + name + ".PATH, options: OpenOptions = {}): " + name + " {")
                .line("return new " + name + "(new MappedSegment(path, options));")
                .close("}")
                .blank()
                .open("get path(): string {")
                .line("return this.#segment.path;")
                .close("}")
                .blank()
                .open("get isOpen(): boolean {")
                .line("return this.#segment.isOpen;")
                .close("}")
                .blank()
                .comment("Whether the path still leads to this segment: an error when it was replaced or removed.")
                .open("verify(): void {")
                .line("this.#segment.verify();")
                .close("}")
                .blank()
                .comment("Gives all roles and the file back; nothing of it can be used any more.")
                .open("close(): void {")
                .line("this.#segment.close();")
                .close("}");
        Names methods = new Names(METHODS, Set.of());
        for (Structure structure : peer.structures()) {
            source.blank();
            String absence = absence(structure);
            if (absence == null) {
                method(source, methods.take(lower(Names.camel(structure.name()))), structure, roots, types);
            } else {
                source.comment("Not here: " + structure.name() + ", a " + structure.kind() + ": " + absence + ".");
            }
        }
        source.close("}");
    }

    /** A declaration; its name. */
    private static String codec(Source source, Names all, String type, Root root) {
        String name = all.take("codecOf" + type);
        if (!(root.element() instanceof Element.Structured(var struct)) || struct.role() != Role.RECORD) {
            source.line("const " + name + " = Codecs." + (isValue(root.element()) ? "values" : "objects") + "(" + type
                    + ");");
            return name;
        }
        source.open("const " + name + " = Codecs.records(" + type + ", (to, from) => {");
        Names.ofParts(struct, TypeScriptWriter.OF_PROPERTIES, Set.of()).forEach((part, partName) -> {
            if (part instanceof Type.Part.Field) {
                source.line(TypeScriptWriter.access("to", partName) + " = " + TypeScriptWriter.access("from", partName)
                        + ";");
            }
        });
        source.close("});");
        return name;
    }

    private void method(Source source, String name, Structure structure, Map<Root, String> roots,
            Function<Root, String> types) {
        Root element = structure.element();
        String type = "Shared" + Names.camel(structure.kind());
        String fingerprint = "\"\"";
        String value = "";
        String codec = "";
        if (element != null) {
            String root = String.valueOf(roots.get(element));
            String what = types.apply(element);
            boolean isRecord = element.element() instanceof Element.Structured(var struct)
                    && struct.role() == Role.RECORD;
            String numbers = numbers(structure);
            fingerprint = isRecord ? root + ".FINGERPRINT" : Source.quoted(Fingerprint.of(element.schema()));
            value = isRecord ? "<" + what + ", Fields<" + what + ">>" : "<" + what + ">";
            codec = ", " + codecs.get(root);
            if (numbers != null) {
                type = "SharedNumbers";
                value = "<" + what + ", " + numbers + ">";
                codec += ", " + numbers;
            }
        }
        String row = structure.kind().equals("channel") ? structure.name() + "_header" : structure.name();
        source.comment("The " + structure.kind() + " " + structure.name()
                + (element == null ? "" : ", of " + element.schema().typeName()) + ".")
                .open(TypeScriptWriter.property(name) + "(): " + type + value + " {")
                .line("return this.#segment.attach(" + Source.quoted(structure.name()) + ", "
                        + Source.quoted(structure.kind()) + ", " + Source.quoted(row) + ", " + fingerprint + ",")
                .line("    (attached) => new " + type + "(attached" + codec + "));")
                .close("}");
    }

    /** Why a structure has no method; null when it has one. */
    private static @Nullable String absence(Structure structure) {
        if (!PARTS.containsKey(structure.kind())) {
            return ABSENT.getOrDefault(structure.kind(), "this kind is not made for JavaScript");
        }
        return structure.element() == null && !structure.kind().equals("counter")
                ? "nobody wrote down what its elements are"
                : null;
    }

    /** The array of JavaScript that can look at the elements of this one; null where there is none. */
    private static @Nullable String numbers(Structure structure) {
        Root root = structure.element();
        if (!structure.kind().equals("array") || root == null
                || !(root.element() instanceof Element.Numeric number)) {
            return null;
        }
        return switch (number.scalar()) {
            case BOOL -> "Uint8Array";
            case INT64 -> "BigInt64Array";
            case UINT64 -> "BigUint64Array";
            default -> Names.camel(number.scalar().typeName()) + "Array";
        };
    }

    /** Whether what a program reads has nothing to do with the bytes any more. */
    private static boolean isValue(Element element) {
        return element instanceof Element.Numeric || element instanceof Element.Text
                || element instanceof Element.Constant;
    }

    private static String lower(String camel) {
        return camel.isEmpty()
                ? camel
                : new StringBuilder().appendCodePoint(Character.toLowerCase(camel.codePointAt(0)))
                        .append(camel, camel.offsetByCodePoints(0, 1), camel.length())
                        .toString();
    }
}
