package io.zeroipc.testing;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.SegmentFullException;
import io.zeroipc.StructureExistsException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.segment.TableEntry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What every structure must do. A structure's test extends this class and says how its structure is made and used; the
 * tests below then hold for it.
 *
 * @param <S> the structure
 */
public abstract class StructureContract<S extends Structure> {

    /** Enough for what a subclass creates, twice. */
    private static final long SEGMENT_SIZE = 1 << 16;
    private static final String NAME = "thing";

    @RegisterExtension
    protected final TemporarySegments segments = new TemporarySegments();

    /** What to create: a small structure that fits into a few kilobytes. */
    protected abstract Spec<S> spec();

    /** How to open it, whatever capacity is stored. */
    protected Spec<S> openSpec() {
        return spec();
    }

    /** How to open it with elements of another size; null where there are no elements. */
    protected @Nullable Spec<S> openSpecOfAnotherElementSize() {
        return null;
    }

    /** The structure's probe. */
    protected abstract Probe probe();

    /**
     * The bytes of each block of {@link #spec()} when it is freshly formatted, by suffix, in hexadecimal digits with
     * blanks and line ends anywhere.
     */
    protected abstract Map<String, String> formattedBlocks();

    /** Stores a value, so that {@link #recall} finds it. Takes the roles it needs and gives them back. */
    protected abstract void store(S structure, int value);

    /** What was stored, through any mapping. Takes the roles it needs and gives them back. */
    protected abstract int recall(S structure);

    /**
     * Where counters of 32 bits are set before some rounds of {@link #store} and {@link #recall}; empty where there are
     * none.
     */
    protected List<Integer> counterSeeds() {
        return List.of();
    }

    /** Sets all counters of an empty structure to this value, as if so many operations had gone before. */
    protected void seedCounters(Segment segment, String name, int seed) {
        throw new UnsupportedOperationException("counters cannot be seeded: seed=" + seed);
    }

    /** What {@link #recall} gives for a value that was stored: less than the value where a structure has no room for it. */
    protected int kept(int value) {
        return value;
    }

    /** Whether blocks of zeroes are a structure that is ready for use, and not an unfinished one. */
    protected boolean isReadyWhenZero() {
        return false;
    }

    @Test
    void shouldSeeTheSameStateWhenTheFileIsMappedTwice() {
        Segment segment = segments.create(SEGMENT_SIZE);
        S here = segment.create(NAME, spec());
        S there = segments.open(segment).open(NAME, openSpec());

        store(here, 17);
        assertThat(recall(there)).isEqualTo(kept(17));
        store(there, 18);
        assertThat(recall(here)).isEqualTo(kept(18));
        assertThat(there.occupancy()).isEqualTo(here.occupancy());
        assertThat(there.elementSize()).isEqualTo(here.elementSize());
    }

    @Test
    void shouldTellItsNameKindAndSegmentWhenAsked() {
        Segment segment = segments.create(SEGMENT_SIZE);
        S structure = segment.create(NAME, spec());

        assertThat(structure.name()).isEqualTo(NAME);
        assertThat(structure.kind()).isEqualTo(spec().kind()).isEqualTo(probe().kind());
        assertThat(structure.segment()).isSameAs(segment);
    }

    @Test
    void shouldBeNotFoundWhenOpenedBeforeItIsCreated() {
        Segment segment = segments.create(SEGMENT_SIZE);

        assertThatExceptionOfType(StructureNotFoundException.class).isThrownBy(() -> segment.open(NAME, openSpec()))
                .withMessageContaining(NAME)
                .withMessageContaining(segment.name());
        assertThat(segment.entries()).isEmpty();
    }

    @Test
    void shouldBeRefusedWhenCreatedTwice() {
        Segment segment = segments.create(SEGMENT_SIZE);
        S structure = segment.create(NAME, spec());
        store(structure, 19);
        State before = State.of(segment);

        assertThatExceptionOfType(StructureExistsException.class).isThrownBy(() -> segment.create(NAME, spec()))
                .withMessageContaining(NAME);
        assertThat(State.of(segment)).isEqualTo(before);
        assertThat(recall(structure)).isEqualTo(kept(19));
    }

    @Test
    void shouldBeTheSameWhenOpenedOrCreatedTwice() {
        Segment segment = segments.create(SEGMENT_SIZE);
        S first = segment.openOrCreate(NAME, spec());
        State before = State.of(segment);
        S second = segment.openOrCreate(NAME, spec());

        assertThat(State.of(segment)).isEqualTo(before);
        store(first, 20);
        assertThat(recall(second)).isEqualTo(kept(20));
    }

    @Test
    void shouldBeRefusedWhenElementsHaveAnotherSize() {
        Segment segment = segments.create(SEGMENT_SIZE);
        S structure = segment.create(NAME, spec());
        Spec<S> other = openSpecOfAnotherElementSize();
        assertThat(other == null).as("whether there are elements").isEqualTo(structure.elementSize() == 0);
        if (other != null) {
            assertThatExceptionOfType(StructureMismatchException.class).isThrownBy(() -> segment.open(NAME, other))
                    .withMessageContaining(NAME)
                    .withMessageContaining(Integer.toString(structure.elementSize()));
        }
        store(structure, 21);
        assertThat(recall(structure)).isEqualTo(kept(21));
    }

    @Test
    void shouldBeCreatedWhenTheNameHasTheGreatestLength() {
        Segment segment = segments.create(SEGMENT_SIZE);
        String name = "n".repeat(spec().kind().nameBytesMax());
        S created = segment.create(name, spec());
        S opened = segment.open(name, openSpec());

        store(created, 22);
        assertThat(recall(opened)).isEqualTo(kept(22));
    }

    @Test
    void shouldReserveNothingWhenTheNameIsOneByteTooLong() {
        Segment segment = segments.create(SEGMENT_SIZE);
        int limit = spec().kind().nameBytesMax();
        // The last letter has two bytes: as many characters as the limit, one byte too long.
        for (String name : List.of("n".repeat(limit + 1), "n".repeat(limit - 1) + "\u00e9")) {
            assertThatExceptionOfType(InvalidStructureNameException.class)
                    .isThrownBy(() -> segment.create(name, spec()))
                    .withMessageContaining(name)
                    .withMessageContaining(Integer.toString(limit));
            assertThatExceptionOfType(InvalidStructureNameException.class)
                    .isThrownBy(() -> segment.openOrCreate(name, spec()));
        }
        assertThat(State.of(segment)).isEqualTo(State.of(segments.create(SEGMENT_SIZE)));
    }

    @Test
    void shouldReserveNothingWhenTheTableIsFull() {
        int parts = spec().parts().size();
        // Room for one, and for all but one entry of a second: a composite must not leave a beginning behind.
        Segment segment = segments.create(builder -> builder.size(SEGMENT_SIZE).maxEntries(2 * parts - 1));
        S structure = segment.create(NAME, spec());
        State before = State.of(segment);

        assertThatExceptionOfType(SegmentFullException.class).isThrownBy(() -> segment.create("second", spec()))
                .withMessageContaining("second")
                .satisfies(e -> assertThat(e.freeEntries()).isEqualTo(parts - 1))
                .satisfies(e -> assertThat(e.requiredEntries()).isEqualTo(parts));
        assertThat(State.of(segment)).isEqualTo(before);
        store(structure, 23);
        assertThat(recall(structure)).isEqualTo(kept(23));
    }

    @Test
    void shouldReserveNothingWhenOneByteIsMissing() {
        long required = Segment.requiredSize(64, List.of(spec()));
        Segment small = segments.create(required - 1);
        State before = State.of(small);

        assertThatExceptionOfType(SegmentFullException.class).isThrownBy(() -> small.create(NAME, spec()))
                .withMessageContaining(NAME)
                .satisfies(e -> assertThat(e.minimumSegmentBytes()).isEqualTo(required));
        assertThat(State.of(small)).isEqualTo(before);

        S structure = segments.create(required).create(NAME, spec());
        store(structure, 24);
        assertThat(recall(structure)).isEqualTo(kept(24));
    }

    @Test
    void shouldNameTheSegmentWhenUsedAfterClose() {
        Segment segment = segments.create(SEGMENT_SIZE);
        S structure = segment.create(NAME, spec());
        store(structure, 25);
        segment.close();

        assertThatIllegalStateException().isThrownBy(() -> store(structure, 26)).withMessageContaining(segment.name());
        assertThatIllegalStateException().isThrownBy(() -> recall(structure)).withMessageContaining(segment.name());
        assertThatIllegalStateException().isThrownBy(structure::occupancy).withMessageContaining(segment.name());
    }

    @Test
    void shouldRefuseToWriteWhenTheSegmentIsReadOnly() {
        Segment segment = segments.create(SEGMENT_SIZE);
        S structure = segment.create(NAME, spec());
        store(structure, 27);
        S readOnly = segments.openReadOnly(segment).open(NAME, openSpec());

        assertThatIllegalStateException().isThrownBy(() -> store(readOnly, 28)).withMessageContaining("read-only");
        assertThat(readOnly.occupancy()).isEqualTo(structure.occupancy());
        assertThat(recall(structure)).isEqualTo(kept(27));
    }

    @Test
    void shouldHaveTheBytesOfTheFormatWhenFreshlyCreated() {
        Segment segment = segments.create(SEGMENT_SIZE);
        segment.create(NAME, spec());

        Map<String, String> blocks = new LinkedHashMap<>();
        for (Part part : spec().parts()) {
            blocks.put(part.suffix(), hex(segment, NAME + part.suffix()));
        }
        Map<String, String> expected = new LinkedHashMap<>();
        formattedBlocks().forEach((suffix, hex) -> expected.put(suffix, hex.replaceAll("\\s", "")));
        assertThat(blocks).isEqualTo(expected);
    }

    /** From the beginning, whatever there is to count, and from shortly before 32 bits are used up. */
    @TestFactory
    Stream<DynamicTest> shouldGoOnWhenCountersWrap() {
        return Stream.concat(Stream.of(DynamicTest.dynamicTest("from the beginning", () -> goOnFrom(null))),
                counterSeeds().stream()
                        .map(seed -> DynamicTest.dynamicTest("from " + Integer.toUnsignedString(seed),
                                () -> goOnFrom(seed))));
    }

    private void goOnFrom(@Nullable Integer seed) {
        Segment segment = segments.create(SEGMENT_SIZE);
        segment.create(NAME, spec());
        if (seed != null) {
            seedCounters(segment, NAME, seed);
        }
        S structure = segment.open(NAME, openSpec());
        for (int value = 0; value < 100; value++) {
            store(structure, value);
            assertThat(recall(structure)).as("value %s", value).isEqualTo(kept(value));
        }
        assertThat(probe().match(segment.blocks(NAME))).isNotEqualTo(Probe.Match.NO);
    }

    @Test
    void shouldBeRecognisedWhenAProbeLooksAtIt() {
        Segment segment = segments.create(SEGMENT_SIZE);
        S structure = segment.create(NAME, spec());
        assertThat(probe().match(segment.blocks(NAME))).isNotEqualTo(Probe.Match.NO);

        store(structure, 29);
        Segment readOnly = segments.openReadOnly(segment);
        assertThat(probe().match(readOnly.blocks(NAME))).isNotEqualTo(Probe.Match.NO);
        Description description = probe().describe(readOnly.blocks(NAME));
        assertThat(description.occupancy()).isEqualTo(structure.occupancy());
        if (description.elementSize() != 0) {
            assertThat(description.elementSize()).isEqualTo(structure.elementSize());
        }
        assertThat(probe().match(readOnly.blocks("missing"))).isEqualTo(Probe.Match.NO);
    }

    @Test
    void shouldSayThatItIsNotReadyWhenItsCreatorNeverFormatsIt() {
        Segment segment = segments.create(SEGMENT_SIZE);
        segment.create(NAME, spec());
        for (Part part : spec().parts()) {
            segment.blocks(NAME).require(part.suffix()).memory().fill((byte) 0);
        }
        Segment impatient = segments
                .track(Segment.at(segment.path()).openTimeout(Duration.ofMillis(1)).open());
        if (isReadyWhenZero()) {
            S structure = impatient.open(NAME, openSpec());
            store(structure, 30);
            assertThat(recall(structure)).isEqualTo(kept(30));
        } else {
            assertThatExceptionOfType(StructureMismatchException.class)
                    .isThrownBy(() -> impatient.open(NAME, openSpec()))
                    .withMessageContaining(NAME)
                    .withMessageContaining(impatient.name());
        }
    }

    /** The bytes of a table entry's block, in hexadecimal digits. */
    public static String hex(Segment segment, String entry) {
        return HexFormat.of()
                .formatHex(segment.blocks(entry).require("").memory().toArray(ValueLayout.JAVA_BYTE));
    }

    /** What a failed creation must leave alone. */
    private record State(long usedBytes, long entryCount, List<TableEntry> entries) {

        static State of(Segment segment) {
            return new State(segment.occupancy().used(), segment.entryOccupancy().used(), segment.entries());
        }
    }
}
