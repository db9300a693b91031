package io.zeroipc.fuzz;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SourcePublisher;
import io.zeroipc.flow.SourceSelector;
import io.zeroipc.fuzz.Image.Member;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.Preview;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.manifest.PackedArray;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/** Cases: everything that follows from a seed. For one thread. */
record FuzzCase(Corpus corpus, Bench bench, Steps steps) {

    private static final int CALLS_MAX = 150;
    private static final int MEMBERS_MAX = 4;
    private static final int CHANGES_MAX = 5;
    private static final int PREVIEWED = 3;
    /** A look at all there is takes as long as the rest of a case: at the end, one of so many cases takes it again. */
    private static final int LOOKS_OF = 4;
    private static final int MANIFESTS_OF = 4;
    private static final int PACKED_OF = 4;

    /**
     * The case of a seed.
     *
     * @param kind null for all, otherwise nothing is done when it is another one's
     */
    void runOf(long seed, @Nullable String kind) throws IOException {
        Image image = corpus.choose(new SplittableRandom(seed));
        if (kind == null || kind.equals(image.kind())) {
            run(seed, image);
        }
    }

    /** As {@link #runOf}, with another image than the seed would choose. */
    void run(long seed, Image image) throws IOException {
        RandomGenerator random = new SplittableRandom(~seed);
        steps.begin(seed, image, bench.label());
        // Before it is opened, while it is used, or both.
        int when = random.nextInt(5);
        boolean before = when <= 1 || when == 4;
        boolean during = when >= 2;
        Mutator mutator = new Mutator(image);
        bench.load(image);
        if (before) {
            int changes = 1 + random.nextInt(CHANGES_MAX);
            for (int i = 0; i < changes; i++) {
                mutator.change(bench.memory(), random);
            }
            if (random.nextInt(40) == 0) {
                bench.truncate(random.nextLong(image.size()));
            }
        }
        describe(image, random);
        Runnable between = () -> {
            if (during && random.nextInt(6) == 0) {
                mutator.change(bench.memory(), random);
            }
        };
        use(image, random, new Mischief(mutator, bench::memory, seed, during), between);
    }

    /** What can be done with a segment, whatever is in it, and whoever changes it meanwhile. */
    void use(Image image, RandomGenerator random, Mischief mischief, Runnable between) throws IOException {
        SegmentBuilder builder = Segment.at(bench.path())
                .openTimeout(Duration.ofNanos(100_000))
                .waitStrategy(mischief.waitStrategy());
        Segment segment = random.nextInt(8) == 0
                ? steps.run("SegmentBuilder.openReadOnly()", builder::openReadOnly)
                : steps.run("SegmentBuilder.open()", builder::open);
        if (segment == null) {
            return;
        }
        look(segment);
        // A manifest is another report, and takes as long.
        String manifest = random.nextInt(MANIFESTS_OF) == 0
                ? steps.run("Manifest.of(Segment)", () -> Manifest.of(segment))
                : null;
        Walk walk = new Walk(steps, random, mischief, segment, between);
        bind(walk, segment, image, random, mischief);
        if (random.nextInt(4) == 0) {
            create(walk, segment, corpus.choose(random).member(random), random);
        }
        if (manifest != null && random.nextInt(PACKED_OF) == 0) {
            pack(walk, random.nextInt(4) == 0 ? manifest : TextMutator.change(manifest, random), random);
        }
        walk.run(CALLS_MAX);
        walk.end();
        if (random.nextInt(LOOKS_OF) == 0) {
            look(segment);
        }
        steps.run("Segment.close()", () -> {
            segment.close();
            return "";
        });
    }

    /** Beside the segment, or not; a good one, or not. */
    private void describe(Image image, RandomGenerator random) throws IOException {
        if (!image.catalogue().isEmpty() && random.nextInt(3) != 0) {
            bench.describe(random.nextInt(4) == 0 ? TextMutator.change(image.catalogue(), random) : image.catalogue());
        }
    }

    /** What tools show of any segment. */
    private void look(Segment segment) {
        steps.run("Segment.entries()", segment::entries);
        steps.run("Segment.occupancy()", segment::occupancy);
        steps.run("Segment.entryOccupancy()", segment::entryOccupancy);
        steps.run("Segment.declared()", segment::declared);
        steps.run("Segment.catalogueState()", segment::catalogueState);
        SegmentReport report = steps.run("Inspector.report(Segment)", () -> Inspector.report(segment));
        if (report == null) {
            return;
        }
        for (StructureReport each : report.structures().values()) {
            String step = "Preview.of(" + each.kind() + ")";
            Preview preview = steps.run(step, () -> Preview.of(segment, each, PREVIEWED).orElse(null));
            steps.require(step, preview == null || preview.elements().size() <= PREVIEWED, preview);
        }
    }

    private void bind(Walk walk, Segment segment, Image image, RandomGenerator random, Mischief mischief)
            throws IOException {
        List<Member> members = new ArrayList<>(image.members());
        Collections.shuffle(members, Random.from(random));
        for (Member member : members.subList(0, Math.min(MEMBERS_MAX, members.size()))) {
            // Now and then as what it is not.
            Member as = random.nextInt(12) == 0 ? corpus.choose(random).member(random) : member;
            Declaration declared = as.declaration();
            Codec<?> element = declared.element();
            if (element != null && random.nextBoolean()) {
                element = mischief.codec(element);
            }
            Map<String, String> options = random.nextInt(4) == 0 && as.key() == null ? Map.of() : declared.options();
            Spec<?> spec = as.type().spec(new Declaration(element, declared.capacity(), options));
            mischief.begin(-1, false);
            Structure structure = steps.run("Segment.open(" + as.type().kind() + ")",
                    () -> segment.open(member.name(), spec));
            mischief.end();
            if (structure != null) {
                walk.add(structure, element, as.key());
            }
            if (structure instanceof Source<?> source && random.nextInt(8) == 0) {
                walk.add(new SourceSelector(), element, null);
                walk.follow("SourcePublisher", new SourcePublisher<>(source, Source.Start.EARLIEST));
            }
        }
    }

    /** Another structure in what is left of the segment. */
    private void create(Walk walk, Segment segment, Member member, RandomGenerator random) {
        Declaration declared = member.created();
        Spec<?> spec = member.type().spec(declared);
        Structure structure = random.nextBoolean()
                ? steps.run("Segment.create(" + spec.kind() + ")", () -> segment.create("new", spec))
                : steps.run("Segment.openOrCreate(" + spec.kind() + ")", () -> segment.openOrCreate("new", spec));
        if (structure != null) {
            walk.add(structure, declared.element(), member.key());
        }
    }

    /** The same bytes as arrays that a manifest tells of. */
    private void pack(Walk walk, String manifest, RandomGenerator random) throws IOException {
        PackedArena arena = steps.run("PackedArena.open(Path)", () -> random.nextBoolean()
                ? PackedArena.open(bench.manifest(manifest))
                : PackedArena.openReadOnly(bench.manifest(manifest)));
        if (arena == null) {
            return;
        }
        walk.add(arena, null, null);
        for (String name : List.copyOf(arena.names())) {
            PackedArray<?> array = steps.run("PackedArena.array(String)", () -> arena.array(name));
            if (array != null) {
                walk.add(array, codec(array), null);
            }
        }
    }

    /** Null for elements of several fields, which are only read then: no record of ours is to be found. */
    private static @Nullable Codec<?> codec(PackedArray<?> array) {
        try {
            return Codecs.forType(array.elementType(), ClassLoader.getPlatformClassLoader());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
