package io.zeroipc.export;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.zeroipc.export.Type.Struct;
import io.zeroipc.json.Fingerprint;

/** What makes of a module for Python one that opens a segment: parts that are always the same, and a class with the structures. */
final class PythonPeer {

    private static final PeerText TEXT = new PeerText(Language.PYTHON);
    /** Each kind that is reached, and the class for it. */
    private static final Map<String,
            String> KINDS = Map.of("array", "_Array", "state", "_State", "ring", "_Ring", "queue",
                    "_Queue", "counter", "_Counter");
    private static final List<String> PARTS = List.of("imports", "records", "segment", "elements", "array", "state",
            "ring", "queue", "counter");
    /** Names at the edge of a part. */
    private static final Pattern NAME = Pattern
            .compile("(?m)^(?:class |def |import | +import |from \\w+ import |)(\\w+)(?= =|[(:]|$)");
    /** What the parts call of Python's own. */
    private static final Set<String> BUILT_IN = Set.of("abs", "all", "bool", "bytearray", "bytes", "classmethod",
            "dict", "float", "hasattr", "int", "isinstance", "issubclass", "len", "max", "memoryview", "min", "open",
            "property", "range", "repr", "reversed", "slice", "str", "super", "tuple", "type", "uuid",
            "AttributeError", "BlockingIOError", "BufferError", "Exception", "FileNotFoundError", "IndexError",
            "LookupError", "OSError", "OverflowError", "PermissionError", "RecursionError", "TypeError", "ValueError");
    /** Of structures: methods, beside those that every segment has. */
    private static final Names.Rules METHODS = Names.Rules.ascii(Character::isLetter,
            PythonWriter.KEYWORDS::contains);
    private static final Set<String> OF_SEGMENTS = Set.of("close", "path", "verify");

    private final Model.Peer peer;
    private final Map<Type, String> names;
    private final Map<Struct, String> dtypes;
    private final Map<Model.Root, String> plainDtypes;

    /**
     * @param names of types
     * @param dtypes of structs
     * @param plainDtypes of elements that are no structs
     */
    PythonPeer(Model.Peer peer, Map<Type, String> names, Map<Struct, String> dtypes,
            Map<Model.Root, String> plainDtypes) {
        this.peer = peer;
        this.names = names;
        this.dtypes = dtypes;
        this.plainDtypes = plainDtypes;
    }

    static void imports(Source source, Model model) {
        source.verbatim(TEXT.part("imports"));
        if (model.plainRoots()
                .stream()
                .anyMatch(root -> root.element() instanceof Element.Bytes bytes && bytes.isUuid())) {
            source.line("import uuid");
        }
    }

    /** What the classes of records have in common. */
    static void records(Source source) {
        source.verbatim(TEXT.part("records"));
    }

    static String base(Struct struct) {
        return switch (struct.role()) {
            case RECORD -> "_Structure";
            case OPTIONAL -> "_OptionalStructure";
            case FRAME -> "_FrameStructure";
        };
    }

    /** These names, and all that the parts have. */
    static Set<String> own(Set<String> others) {
        Set<String> own = new HashSet<>(others);
        own.addAll(BUILT_IN);
        for (String part : PARTS) {
            NAME.matcher(TEXT.part(part)).results().forEach(found -> own.add(found.group(1)));
        }
        return own;
    }

    /** The parts that are needed, and the class of the segment. */
    void write(Source source, Names all) {
        source.verbatim(TEXT.part("segment")).verbatim(TEXT.part("elements"));
        Set<String> kinds = new TreeSet<>();
        peer.structures().stream().filter(PythonPeer::isReached).forEach(each -> kinds.add(each.kind()));
        kinds.forEach(kind -> source.verbatim(TEXT.part(kind)));

        source.blank().blank();
        source.open("class " + all.takeOfSegment(peer.name()) + "(_Segment):");
        source.line(Source.quotedInPython("The segment " + peer.name() + ", with a method for each structure of it."))
                .blank();
        source.line("_path = " + Source.quotedInPython(peer.path()));
        Names methods = new Names(METHODS, OF_SEGMENTS);
        Map<String, String> absent = new LinkedHashMap<>();
        for (Model.Structure structure : peer.structures()) {
            String method = methods.take(structure.name());
            if (isReached(structure)) {
                method(source, method, structure);
            } else {
                absent.put(method, reason(structure));
            }
        }
        if (!absent.isEmpty()) {
            source.blank().comment("What is in the segment and not in this file, and why.").open("_absent = {");
            absent.forEach((method, reason) -> source
                    .line(Source.quotedInPython(method) + ": " + Source.quotedInPython(reason) + ","));
            source.close("}");
        }
        source.end();
    }

    private static boolean isReached(Model.Structure structure) {
        return KINDS.containsKey(structure.kind())
                && (structure.element() != null || structure.kind().equals("counter"));
    }

    private static String reason(Model.Structure structure) {
        return KINDS.containsKey(structure.kind())
                ? structure.kind() + ", of whose elements nobody has written down the type"
                : structure.kind() + ", which is changed by compare-and-set, and Python has only plain stores:"
                        + " one program would undo what another does";
    }

    private void method(Source source, String method, Model.Structure structure) {
        Model.Root root = structure.element();
        source.blank().open("def " + method + "(self):");
        String call = "return self._attach(" + KINDS.get(structure.kind()) + ", "
                + Source.quotedInPython(structure.name());
        if (root == null || structure.kind().equals("counter")) {
            source.line(Source.quotedInPython(structure.kind())).line(call + ")");
        } else {
            source.line(Source.quotedInPython(structure.kind() + " of " + root.schema().typeName()))
                    .line(call + ", \"" + Fingerprint.of(root.schema()) + "\", " + element(root) + ")");
        }
        source.end();
    }

    /** The object that converts elements. */
    private String element(Model.Root root) {
        return switch (root.element()) {
            case Element.Numeric number -> "_Number(\"" + letter(number.scalar()) + "\", " + plain(root) + ")";
            case Element.Constant(var type) -> "_Number(\"" + letter(type.scalar()) + "\", " + plain(root) + ")";
            case Element.Text text -> "_Text(" + text.byteSize() + ", " + plain(root) + ")";
            case Element.Bytes bytes when bytes.isUuid() -> "_Uuid(" + plain(root) + ")";
            case Element.Bytes bytes -> "_Bytes(" + bytes.byteSize() + ", " + plain(root) + ")";
            case Element.Structured(var type) -> (type.role() == Type.Role.FRAME ? "_Frame(" : "_Record(")
                    + names.get(type) + ", lambda: " + dtypes.get(type) + ")";
        };
    }

    /** NumPy may not be there, so that its type is asked for when it is needed. */
    private String plain(Model.Root root) {
        return "lambda: " + plainDtypes.get(root);
    }

    /** As {@code struct} and {@code memoryview} call it. */
    private static String letter(Scalar scalar) {
        return switch (scalar) {
            case INT8 -> "b";
            case UINT8 -> "B";
            case INT16 -> "h";
            case UINT16 -> "H";
            case INT32 -> "i";
            case UINT32 -> "I";
            case INT64 -> "q";
            case UINT64 -> "Q";
            case FLOAT32 -> "f";
            case FLOAT64 -> "d";
            case BOOL -> "?";
        };
    }
}
