package io.zeroipc.export;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.export.Type.Struct;
import io.zeroipc.json.Fingerprint;

/** What a module in Rust has beside types: the segment, with a method for each structure, and the parts that these need. */
final class RustPeer {

    /** What every segment needs. */
    private static final List<String> BASE = List.of("catalogue", "element", "error", "memory", "os", "participants",
            "segment", "stop");
    /** By part: what of it is for users. */
    private static final Map<String, String> EXPORTED = Map.of("array", "Array", "channel", "Channel", "counter",
            "Counter", "element", "{Element, Rule}", "error", "Error", "hash", "{Map, Set}", "queue", "Queue", "ring",
            "{Ring, RingCursor, RingReader, RingWriter, Start}", "segment", "{Exported, Segment}", "state",
            "{Snapshot, State, StateWriter}");
    /** What every segment's own methods are called. */
    private static final Set<String> METHODS = Set.of("open", "open_at", "segment", "PATH");

    private final Source source;
    private final String module;
    private final Function<Element, String> types;

    /**
     * @param module name of the one with the parts
     * @param types in Rust
     */
    RustPeer(Source source, String module, Function<Element, String> types) {
        this.source = source;
        this.module = module;
        this.types = types;
    }

    /**
     * Writes all of it.
     *
     * @param segment name of its type
     */
    void write(Model.Peer peer, String segment, Names.Rules rules, Function<String, String> raw) {
        Set<Struct> elements = new LinkedHashSet<>();
        Set<String> parts = new TreeSet<>(BASE);
        Names names = new Names(rules, METHODS);
        List<String> unreachable = new ArrayList<>();
        source.blank()
                .line("/// The segment, while it is open. Structures keep it open by themselves.")
                .line("#[allow(non_camel_case_types, dead_code)]")
                .line("#[derive(Clone)]")
                .open("pub struct " + segment + " {")
                .line("segment: " + module + "::Segment,")
                .close("}")
                .blank()
                .line("#[allow(non_snake_case, dead_code)]")
                .open("impl " + segment + " {")
                .line("/// Where it was when this was exported.")
                .line("pub const PATH: &'static str = " + quoted(peer.path()) + ";")
                .blank()
                .open("pub fn open() -> ::core::result::Result<Self, " + module + "::Error> {")
                .line("Self::open_at(Self::PATH)")
                .close("}")
                .blank()
                .line("/// Opens a segment of these structures that lies elsewhere.")
                .open("pub fn open_at(path: impl ::core::convert::AsRef<::std::path::Path>) -> ::core::result::Result<Self, "
                        + module + "::Error> {")
                .line("::core::result::Result::Ok(Self { segment: " + module + "::Segment::open(path.as_ref())? })")
                .close("}")
                .blank()
                .open("pub fn segment(&self) -> &" + module + "::Segment {")
                .line("&self.segment")
                .close("}");
        for (Model.Structure structure : peer.structures()) {
            String type = type(structure);
            if (type == null) {
                unreachable.add(structure.name() + ": " + reason(structure));
                continue;
            }
            add(structure.key(), elements);
            add(structure.element(), elements);
            parts.addAll(partsOf(structure.kind()));
            method(structure, type, raw.apply(names.take(structure.name())));
        }
        source.close("}");
        if (!unreachable.isEmpty()) {
            source.blank().comment("Not reached from here:");
            unreachable.forEach(each -> source.comment("  " + each));
        }
        elements.forEach(this::element);
        parts(parts);
    }

    private void method(Model.Structure structure, String type, String name) {
        Model.Root element = structure.element();
        source.blank()
                .comment(structure.kind() + (element == null ? "" : " of " + element.schema().typeName()))
                .open("pub fn " + name + "(&self) -> ::core::result::Result<" + type + ", " + module + "::Error> {")
                .open("let exported = " + module + "::Exported {")
                .line("kind: " + quoted(structure.kind()) + ",")
                .line("key: " + fingerprint(structure.key()) + ",")
                .line("element: " + fingerprint(element) + ",")
                .close("};")
                .line(type.replaceFirst("<", "::<") + "::attach(&self.segment, " + quoted(structure.name())
                        + ", exported)")
                .close("}");
    }

    private static String fingerprint(Model.@Nullable Root root) {
        return root == null
                ? "::core::option::Option::None"
                : "::core::option::Option::Some(\"" + Fingerprint.of(root.schema()) + "\")";
    }

    /** Null where it is not reached. */
    private @Nullable String type(Model.Structure structure) {
        Model.Root key = structure.key();
        Model.Root element = structure.element();
        return switch (structure.kind()) {
            case "counter" -> module + "::Counter";
            case "array" -> of("Array", element);
            case "state" -> of("State", element);
            case "ring" -> of("Ring", element);
            case "queue" -> of("Queue", element);
            case "channel" -> of("Channel", element);
            case "set" -> of("Set", element);
            case "map" -> key == null || element == null
                    ? null
                    : module + "::Map<" + types.apply(key.element()) + ", " + types.apply(element.element()) + ">";
            default -> null;
        };
    }

    private @Nullable String of(String type, Model.@Nullable Root element) {
        return element == null ? null : module + "::" + type + "<" + types.apply(element.element()) + ">";
    }

    private static String reason(Model.Structure structure) {
        return partsOf(structure.kind()).isEmpty()
                ? "no code in Rust for the kind " + structure.kind()
                : "nobody wrote down the type of its elements, kind " + structure.kind();
    }

    private static List<String> partsOf(String kind) {
        return switch (kind) {
            case "array", "counter" -> List.of(kind);
            case "state", "ring", "queue" -> List.of(kind, "waiting");
            case "channel" -> List.of("channel", "queue", "waiting");
            case "map", "set" -> List.of("hash");
            default -> List.of();
        };
    }

    private static void add(Model.@Nullable Root root, Set<Struct> elements) {
        if (root != null && root.element() instanceof Element.Structured(var struct)) {
            elements.add(struct);
        }
    }

    private void element(Struct struct) {
        String gaps = struct.gaps()
                .stream()
                .map(gap -> "(" + gap.offset() + ", " + gap.byteSize() + ")")
                .collect(Collectors.joining(", ", "&[", "]"));
        source.blank()
                .line("// SAFETY: every sequence of bytes is a value, and these are the ones that belong to no field.")
                .open("unsafe impl " + module + "::Element for " + types.apply(new Element.Structured(struct)) + " {")
                .line("const GAPS: &'static [(usize, usize)] = " + gaps + ";")
                .close("}");
    }

    private void parts(Set<String> parts) {
        PeerText text = new PeerText(Language.RUST);
        source.blank()
                .line("/// How segments are opened, and their structures read and written: the same for all.")
                .line("#[allow(dead_code, unused_imports, unknown_lints, unexpected_cfgs)]")
                .open("pub mod " + module + " {");
        for (String part : parts) {
            String exported = EXPORTED.get(part);
            if (exported != null) {
                source.line("pub use self::" + part + "::" + exported + ";");
            }
        }
        for (String part : parts) {
            source.blank().open("mod " + part + " {");
            text.part(part).lines().forEach(source::line);
            source.close("}");
        }
        source.close("}");
    }

    /** Printable ASCII but for what Rust names by numbers. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(each -> {
            if (each == '"' || each == '\\') {
                quoted.append('\\').appendCodePoint(each);
            } else if (each >= ' ' && each < 0x7f) {
                quoted.appendCodePoint(each);
            } else {
                quoted.append("\\u{%x}".formatted(each));
            }
        });
        return quoted.append('"').toString();
    }
}
