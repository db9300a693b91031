package io.zeroipc.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.flow.Loan;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.fuzz.Image.Member;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/**
 * Good segments: each kind of structure that there is, with each of its options and several types of elements, empty, full,
 * and as a walk leaves it; all kinds in one; and the one that the C++ implementation wrote.
 */
final class Corpus {

    private static final List<
            String> ELEMENTS = List.of("int64", "int32", "float64", "float32", "int8", "uint16", "bool", "uuid",
                    "date", "decimal(2)", "string(5)", "bytes(3)", "frame(12)", Sample.class.getName());
    private static final List<String> KEYS = List.of("int32", "string(5)", "instant", Sample.class.getName());
    /** A value that is not the one without the option. */
    private static final Map<String, List<String>> OPTIONS = Map.of("overwrite", List.of("true"), "slots", List.of("8"),
            "unbuffered", List.of("true"), "mode", List.of("broadcast", "manual"), "max", List.of("6"), "width",
            List.of("4", "8"), "chunk-size", List.of("100"), "on-consumer-death", List.of("redeliver"), "shape",
            List.of("1, 5"), "key", KEYS);

    private static final Set<String> SLOW = Set.of("state", "signal", "stack");

    private static final int CAPACITY = 5;
    private static final int VALUE_BYTES_MAX = 8;
    private static final int MESSAGE_BYTES = 20;
    private static final int MAX_ENTRIES = 12;
    private static final int SPARE_BYTES = 512;
    private static final String GOLDEN = "/golden/cpp-one-of-each-max128.bin";
    private static final long GOLDEN_SIZE = 1 << 20;
    /** Bytes of the largest image. */
    static final long SIZE_MAX = GOLDEN_SIZE;

    private static final Image NOTHING = new Image("none", "none", MemorySegment.NULL, 0, "", List.of(), List.of());

    private enum Filling {
        EMPTY, FULL, WALKED
    }

    private final Path directory;
    private final Map<String, List<Recipe>> recipes = new LinkedHashMap<>();
    private int made;

    /** How to make an image; made when it is wanted for the first time. */
    private final class Recipe {

        private final String kind;
        private final String name;
        private final Filling filling;
        private final Map<Member, Spec<?>> specs;
        private @Nullable Image image;

        Recipe(String kind, String name, Filling filling, Map<Member, Spec<?>> specs) {
            this.kind = kind;
            this.name = name;
            this.filling = filling;
            this.specs = specs;
        }

        Image image() throws IOException {
            synchronized (Corpus.this) {
                if (image == null) {
                    image = specs.isEmpty() ? golden(kind) : make(kind, name, filling, specs);
                }
                return image;
            }
        }
    }

    /** @param directory where segments may be made for a moment */
    Corpus(Path directory) {
        this.directory = directory;
        Map<Member, Spec<?>> each = new LinkedHashMap<>();
        for (StructureType type : Catalog.types()) {
            List<Declaration> declarations = declarations(type);
            each.put(new Member(type.kind().label(), type, declarations.getFirst()),
                    type.spec(declarations.getFirst()));
            for (Declaration declaration : declarations) {
                for (Filling filling : Filling.values()) {
                    add(type.kind().label(), describe(type, declaration, filling), filling,
                            Map.of(new Member("it", type, declaration), type.spec(declaration)));
                }
            }
        }
        for (Filling filling : Filling.values()) {
            add("all", "all " + filling, filling, each);
        }
        addLazies();
        add("golden", "golden", Filling.EMPTY, Map.of());
    }

    private void add(String kind, String name, Filling filling, Map<Member, Spec<?>> specs) {
        recipes.computeIfAbsent(kind, _ -> new ArrayList<>()).add(new Recipe(kind, name, filling, specs));
    }

    /** The image of this name. */
    Image image(String name) throws IOException {
        for (List<Recipe> ofKind : recipes.values()) {
            for (Recipe recipe : ofKind) {
                if (recipe.name.equals(name)) {
                    return recipe.image();
                }
            }
        }
        throw new IllegalArgumentException("no such image: name=" + name + " (expected: one that runs report)");
    }

    /**
     * An image by chance: of each kind as often as of another, however many there are, but of those that make who reads
     * them wait for a second, because somebody seems to be changing them, less often.
     */
    Image choose(RandomGenerator random) throws IOException {
        List<String> kinds = List.copyOf(recipes.keySet());
        String kind;
        do {
            kind = kinds.get(random.nextInt(kinds.size()));
        } while (SLOW.contains(kind) && random.nextInt(4) != 0);
        List<Recipe> ofKind = Objects.requireNonNull(recipes.get(kind));
        return ofKind.get(random.nextInt(ofKind.size())).image();
    }

    private static String describe(StructureType type, Declaration declaration, Filling filling) {
        Codec<?> element = declaration.element();
        return type.kind() + (element == null ? "" : " of " + element.typeName()) + " " + declaration.options() + " "
                + filling;
    }

    /** As it is to be created. */
    private static List<Declaration> declarations(StructureType type) {
        List<Declaration> all = new ArrayList<>();
        int parameters = type.structureClass().getTypeParameters().length;
        for (Map<String, String> options : options(type)) {
            if (parameters == 0) {
                all.add(declaration(type, null, options));
                continue;
            }
            for (String element : ELEMENTS) {
                Codec<?> codec = Codecs.forType(element, Corpus.class.getClassLoader());
                if (parameters == 1 || codec.byteSize() <= VALUE_BYTES_MAX) {
                    all.add(declaration(type, codec, options));
                }
            }
        }
        return all;
    }

    private static List<Map<String, String>> options(StructureType type) {
        List<Map<String, String>> all = new ArrayList<>();
        if (!type.optionNames().contains("key")) {
            all.add(Map.of());
        }
        // Sorted: the same images in every process.
        for (String name : new TreeSet<>(type.optionNames())) {
            for (String value : Objects.requireNonNull(OPTIONS.get(name), () -> "values of the option " + name)) {
                // "mode" is that of an event or of a stream.
                if (!name.equals("mode") || value.equals("manual") == type.kind().label().equals("event")) {
                    all.add(Map.of(name, value));
                }
            }
        }
        return all;
    }

    /** With a capacity, where it has one. */
    private static Declaration declaration(StructureType type, @Nullable Codec<?> element,
            Map<String, String> options) {
        Declaration with = new Declaration(element, CAPACITY, options);
        try {
            type.spec(with).parts();
            return with;
        } catch (IllegalArgumentException e) {
            Declaration without = new Declaration(element, 0, options);
            type.spec(without).parts();
            return without;
        }
    }

    /** Operations that no declaration can say. */
    private void addLazies() {
        StructureType type = Catalog.find(SharedLazy.KIND.label()).orElseThrow();
        Map<Codec<?>, List<Spec<?>>> specs = Map.of(Codecs.int32(),
                List.of(SharedLazy.constant(Codecs.int32(), 3), SharedLazy.sum(Codecs.int32(), 1, 2)), Codecs.float64(),
                List.of(SharedLazy.product(Codecs.float64(), 1.5, 2.5), SharedLazy.negation(Codecs.float64(), 2.0)),
                Codecs.bool(),
                List.of(SharedLazy.and(true, false), SharedLazy.or(true, false), SharedLazy.xor(true, true),
                        SharedLazy.not(true), SharedLazy.constant(Codecs.bool(), true)));
        for (Codec<?> codec : List.of(Codecs.int32(), Codecs.float64(), Codecs.bool())) {
            int number = 0;
            for (Spec<?> spec : Objects.requireNonNull(specs.get(codec))) {
                Member member = new Member("it", type, new Declaration(codec, 0, Map.of()));
                add(type.kind().label(), "lazy of " + codec.typeName() + " by operation " + number++, Filling.EMPTY,
                        Map.of(member, spec));
            }
        }
    }

    private Image make(String kind, String name, Filling filling, Map<Member, Spec<?>> specs) throws IOException {
        int entries = Math.max(MAX_ENTRIES, 4 * specs.size());
        Path path = directory.resolve("image-" + made++);
        long size = Segment.requiredSize(entries, List.copyOf(specs.values())) + SPARE_BYTES;
        // Nobody interferes, but ends waits that would last.
        Mischief peace = new Mischief(new Mutator(NOTHING), () -> {
            throw new IllegalStateException("nothing is to be changed");
        }, 0, false);
        try (Segment segment = Segment.at(path)
                .size(size)
                .maxEntries(entries)
                .preallocate(false)
                .waitStrategy(peace.waitStrategy())
                .onClose(OnClose.DELETE)
                .create()) {
            for (Map.Entry<Member, Spec<?>> each : specs.entrySet()) {
                fill(segment.create(each.getKey().name(), each.getValue()), each.getKey(), filling, segment, peace);
            }
            return Image.of(kind, name, Files.readAllBytes(path), size,
                    Files.readString(path.resolveSibling(path.getFileName() + ".zipc")), List.copyOf(specs.keySet()));
        }
    }

    private static void fill(Structure structure, Member member, Filling filling, Segment segment, Mischief peace) {
        RandomGenerator random = new SplittableRandom(member.name().hashCode());
        switch (filling) {
            case EMPTY -> {
                // As it was created.
            }
            case FULL -> fill(structure, member, new Values(random));
            case WALKED -> {
                Steps steps = new Steps(finding -> {
                    throw new IllegalStateException("cannot make an image: " + finding);
                });
                steps.begin(0, NOTHING, segment.name());
                Walk walk = new Walk(steps, random, peace, segment, () -> {
                    // Nobody interferes.
                });
                walk.add(structure, member.created().element(), member.key());
                walk.run(60);
                walk.end();
            }
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the values are those of the codecs that the structure was made with
    private static void fill(Structure structure, Member member, Values values) {
        for (int i = 0; i <= 2 * CAPACITY; i++) {
            switch (structure) {
                case SharedTopic topic -> {
                    topic.subscribe();
                    Loan loan = topic.publisher().tryLoan(MESSAGE_BYTES);
                    if (loan != null) {
                        loan.send();
                    }
                }
                case Sink sink -> {
                    Outlet outlet = sink.outlet();
                    outlet.offer(values.of(member.element()));
                }
                case SharedMap map -> map.put(values.of(Objects.requireNonNull(member.key())),
                        values.of(member.element()));
                case SharedSet set -> set.add(values.of(member.element()));
                case SharedPool pool -> {
                    int handle = pool.allocate();
                    if (handle >= 0) {
                        pool.set(handle, values.of(member.element()));
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    /** What is in it is what the inspector says: another implementation wrote it, and left no catalogue. */
    private Image golden(String kind) throws IOException {
        byte[] bytes;
        try (InputStream input = Objects.requireNonNull(Corpus.class.getResourceAsStream(GOLDEN), GOLDEN)) {
            bytes = input.readAllBytes();
        }
        Path path = directory.resolve("golden");
        Files.write(path, Arrays.copyOf(bytes, Math.toIntExact(GOLDEN_SIZE)));
        List<Member> members = new ArrayList<>();
        try (Segment segment = Segment.at(path).open()) {
            for (StructureReport report : Inspector.report(segment).structures().values()) {
                for (StructureType type : Catalog.types()) {
                    String label = type.kind().label();
                    if (report.kind().equals(label) || report.candidates().contains(label)) {
                        members.add(new Member(report.name(), type, guess(type, report)));
                    }
                }
            }
        } finally {
            Files.delete(path);
        }
        return Image.of(kind, kind, bytes, GOLDEN_SIZE, "", members);
    }

    /** Elements of the reported size, or of four bytes, which most of them have. */
    private static Declaration guess(StructureType type, StructureReport report) {
        int parameters = type.structureClass().getTypeParameters().length;
        Codec<?> element = switch ((int) report.elementSize()) {
            case 1 -> Codecs.bool();
            case 0, 4 -> Codecs.int32();
            case 8 -> Codecs.float64();
            default -> Codecs.bytes((int) report.elementSize());
        };
        return declaration(type, parameters == 0 ? null : element, parameters == 2 ? Map.of("key", "int32") : Map.of());
    }
}
