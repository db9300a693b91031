package io.zeroipc.export;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.export.Type.Part.Padding;
import io.zeroipc.export.Type.Struct;
import io.zeroipc.json.Fingerprint;

/** The class of a segment in C++, which gives each of its structures by name, and what that needs. */
final class CppPeer {

    /**
     * Names that the runtime has in the scope of the types: its own, and those that the headers of the system declare there and that
     * could be a type's.
     */
    static final Set<String> TAKEN = Set.of("""
            zipc ZIPC_STOP stat stat64 lstat fstat flock flock64 fcntl open openat close read write pread pwrite pipe link
            unlink access dup fork sync pause alarm sleep usleep nice lseek truncate mmap munmap mlock syscall time clock tm
            timespec timeval itimerspec sigevent rename remove index rindex signal div abs exit abort atexit rand random
            system select timezone daylight iovec brk acct environ free malloc printf memcpy strlen\
            """.split("\\s+"));

    private static final List<
            String> FOUNDATION = List.of("base", "file", "wait", "participant", "catalogue", "segment");

    private final CppWriter writer;
    private final Model.Peer peer;
    private final Map<Type, String> types;
    private final String name;
    private final Names members;

    /** @param others names of the scope in which the class stands */
    CppPeer(CppWriter writer, Model.Peer peer, Map<Type, String> types, Names others) {
        this.writer = writer;
        this.peer = peer;
        this.types = types;
        this.name = others.takeOfSegment(peer.name());
        // A member must not be called as a type that another one returns.
        Set<String> taken = new HashSet<>(others.taken());
        taken.addAll(List.of("segment", "segment_", "default_path"));
        this.members = new Names(CFamilyWriter.RULES, taken);
    }

    /** The parts that these structures need, each once. */
    static void runtime(Source source, Model.Peer peer) {
        PeerText text = new PeerText(Language.CPP);
        Set<String> parts = new LinkedHashSet<>(FOUNDATION);
        peer.structures()
                .stream()
                .filter(each -> obstacle(each) == null)
                .forEach(each -> parts.addAll(parts(each.kind())));
        parts.forEach(part -> source.blank().verbatim(text.part(part)));
    }

    /**
     * What compilers may put anything into, of each type that is an element or a key.
     *
     * @param names in the scope of the runtime
     */
    static void gaps(Source source, Model.Peer peer, Function<Struct, String> names) {
        List<Struct> structs = peer.structures()
                .stream()
                .filter(each -> obstacle(each) == null)
                .flatMap(each -> Stream.of(each.key(), each.element()))
                .filter(root -> root != null && root.element() instanceof Element.Structured)
                .map(root -> ((Element.Structured) root.element()).type())
                .distinct()
                .filter(struct -> !struct.gaps().isEmpty())
                .toList();
        if (structs.isEmpty()) {
            return;
        }
        source.blank().line("namespace zipc {").line("namespace detail {").blank();
        for (Struct struct : structs) {
            List<Padding> gaps = struct.gaps();
            source.line(gaps.stream()
                    .map(gap -> "{" + gap.offset() + ", " + gap.byteSize() + "}")
                    .collect(Collectors.joining(", ", "template <> struct Gaps<" + names.apply(struct)
                            + "> { static constexpr std::array<Gap, " + gaps.size() + "> of{{", "}}; };")));
        }
        source.blank().line("} // namespace detail").line("} // namespace zipc");
    }

    /** None for a kind that is not reached. */
    private static List<String> parts(String kind) {
        return switch (kind) {
            case "array", "counter", "queue", "ring", "state" -> List.of(kind);
            case "channel" -> List.of("queue", "channel");
            case "map", "set" -> List.of("hash", kind);
            default -> List.of();
        };
    }

    /** Why a structure is not reached; null when it is. */
    private static @Nullable String obstacle(Model.Structure structure) {
        if (parts(structure.kind()).isEmpty()) {
            return "what it needs cannot be done from an exported file";
        }
        boolean known = structure.element() != null && (!structure.kind().equals("map") || structure.key() != null);
        return known || structure.kind().equals("counter") ? null : "nobody has written down what its elements are";
    }

    void write(Source source) {
        source.blank()
                .comment(
                        "The segment. A method looks for its structure, and compares it with what it was when this file")
                .comment("was made: keep what it returns. Throws a zipc::Error when it is another one, or not there.")
                .line("class " + name + " {")
                .open("public:")
                .line("static constexpr const char* default_path = " + literal(peer.path()) + ";")
                .blank()
                .line("explicit " + name
                        + "(const std::string& path = default_path, zipc::Owner owner = zipc::Owner::same_or_root)")
                .line("    : segment_(zipc::Segment::open(path, owner)) {}");
        for (Model.Structure structure : peer.structures()) {
            String obstacle = obstacle(structure);
            source.blank();
            if (obstacle != null) {
                source.comment(structure.name() + ", " + structure.kind() + ": not reached, " + obstacle);
            } else {
                structure(source, structure);
            }
        }
        source.blank()
                .line("const std::shared_ptr<zipc::Segment>& segment() const { return segment_; }")
                .end()
                .blank()
                .open("private:")
                .line("std::shared_ptr<zipc::Segment> segment_;")
                .close("};");
    }

    private void structure(Source source, Model.Structure structure) {
        Model.Root key = structure.key();
        Model.Root element = structure.element();
        StringJoiner arguments = new StringJoiner(", ", "<", ">").setEmptyValue("");
        StringJoiner fingerprints = new StringJoiner(", ", ", {", "}").setEmptyValue("");
        if (element != null) {
            if (key != null) {
                arguments.add(type(key.element()));
            }
            arguments.add(type(element.element()));
            fingerprints.add(quoted(element));
            if (key != null) {
                fingerprints.add(quoted(key));
            }
        }
        String kind = structure.kind();
        String type = "zipc::Shared" + Names.camel(kind) + arguments;
        source.comment(structure.name() + ", " + kind + (element == null ? "" : " of " + element.schema().typeName()))
                .open(type + " " + members.take(structure.name()) + "() const {")
                .line("return " + type + "(segment_, " + literal(structure.name()) + fingerprints + ");")
                .close("}");
    }

    /** As an element is handed around, which bytes by themselves cannot be in C++. */
    private String type(Element element) {
        String single = writer.type(element, types);
        return CFamilyWriter.bytes(element).isEmpty()
                ? single
                : "std::array<" + single + ", " + element.byteSize() + ">";
    }

    private static String quoted(Model.Root root) {
        return "\"" + Fingerprint.of(root.schema()) + "\"";
    }

    /** In quotes; bytes of UTF-8 by number, but for printable ASCII. */
    static String literal(String text) {
        StringBuilder literal = new StringBuilder("\"");
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each < ' ' || each == 0x7f || each == '"' || each == '\\' || each == '?') {
                literal.append("\\%03o".formatted(Byte.toUnsignedInt(each)));
            } else {
                literal.append((char) each);
            }
        }
        return literal.append('"').toString();
    }
}
