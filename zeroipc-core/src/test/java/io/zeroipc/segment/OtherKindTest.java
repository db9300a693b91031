package io.zeroipc.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.StructureExistsException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A name that stands for one kind is asked for as another one. */
class OtherKindTest {

    /** Long enough to fail the build, should a test wait for what cannot come. */
    private static final Duration FOR_EVER = Duration.ofDays(1);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    static List<StructureType> types() {
        return Catalog.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void shouldNameBothKindsAtOnceWhenTheNameWasDeclaredToBeAnother(StructureType present) {
        Segment segment = segments.create(builder -> builder.size(1 << 16).openTimeout(FOR_EVER));
        segment.create("it", spec(present));

        for (StructureType wanted : Catalog.types()) {
            if (wanted.equals(present)) {
                continue;
            }
            assertThatExceptionOfType(StructureMismatchException.class).as(wanted.kind().label())
                    .isThrownBy(() -> segment.openOrCreate("it", spec(wanted)))
                    .withMessageStartingWith("structure is another kind: segment=" + segment.name() + ", name=it, kind="
                            + present.kind() + ", declared in=" + segment.catalogueState() + " (expected: "
                            + wanted.kind() + ";");
            assertThatExceptionOfType(StructureMismatchException.class).as(wanted.kind().label())
                    .isThrownBy(() -> segment.open("it", spec(wanted)));
            assertThatExceptionOfType(StructureExistsException.class).as(wanted.kind().label())
                    .isThrownBy(() -> segment.create("it", spec(wanted)));
        }
        assertThat(segment.opened()).hasSize(1);
    }

    @Test
    void shouldNotWaitWhenTheBlockIsTooSmallOrTooLargeForWhatIsWanted() {
        // As a peer in another language makes it: nothing is declared, and ring and array begin with zeroes, too.
        Segment segment = segments.create(
                builder -> builder.size(1 << 16).openTimeout(FOR_EVER).catalogue(false));
        SharedRing.create(segment, "it", Codecs.int64(), 8);

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedQueue.openOrCreate(segment, "it", Codecs.int64(), 8))
                .withMessage("structure is not what was asked for: segment=" + segment.name() + ", name=it, entry=it,"
                        + " bytes=88 (expected: 112 bytes, as kind=queue; it is another kind, or has another capacity or"
                        + " element type)");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedArray.openOrCreate(segment, "it", Codecs.int32(), 8))
                .withMessageContaining("bytes=88 (expected: 40 bytes, as kind=array");
    }

    @Test
    void shouldWaitWhenAPeerRecordsAsManyBytesAsItMapsOrHasNotFilledItsRow() throws IOException {
        Segment segment = segments
                .create(builder -> builder.size(1 << 16).openTimeout(Duration.ofMillis(20)).catalogue(false));
        SharedSignal.create(segment, "it", Codecs.int32(), 5);
        segment.blocks("it_mtx").require("").memory().fill((byte) 0);
        try (FileChannel file = FileChannel.open(segment.path(), StandardOpenOption.WRITE)) {
            // C++ rounds 12 up.
            ByteBuffer size = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 16);
            file.write(size, SegmentDescriptor.HEADER_SIZE + 40);
            assertThat(segment.entries().getFirst().byteSize()).isEqualTo(16);
            assertUnfinished(segment);

            ByteBuffer offset = ByteBuffer.allocate(Long.BYTES);
            file.write(offset, SegmentDescriptor.HEADER_SIZE + SegmentDescriptor.ENTRY_SIZE + 32);
            assertThat(segment.entries().get(1).offset()).isZero();
            assertUnfinished(segment);
        }
    }

    private static void assertUnfinished(Segment segment) {
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedSignal.openOrCreate(segment, "it", Codecs.int32(), 5))
                .withMessageContaining("it was not finished within 20 ms");
    }

    @Test
    void shouldBelieveTheBytesWhenTheDeclaredBlockIsGone() throws IOException {
        Segment segment = segments.create(1 << 16);
        SharedQueue.create(segment, "first", Codecs.int64(), 8);
        SharedQueue.create(segment, "it", Codecs.int64(), 8);
        Path catalogue = segment.path().resolveSibling(segment.path().getFileName() + ".zipc");
        Files.writeString(catalogue, "{\"name\":\"it\",\"kind\":\"ring\",\"offset\":"
                + segment.entries().getFirst().offset() + "}\n", StandardOpenOption.APPEND);

        assertThat(segments.open(segment).open("it", SharedQueue.spec(Codecs.int64(), 0)).capacity()).isEqualTo(8);
    }

    /** As configuration would ask for it: what a kind does not take is left out. */
    private static Spec<?> spec(StructureType type) {
        Map<String, String> options = type.optionNames().contains("key") ? Map.of("key", "int32") : Map.of();
        IllegalArgumentException last = null;
        for (Codec<?> element : new Codec<?>[] {Codecs.int64(), null}) {
            for (long capacity : new long[] {8, 0}) {
                try {
                    Spec<?> spec = type.spec(new Declaration(element, capacity, options));
                    spec.parts();
                    return spec;
                } catch (IllegalArgumentException e) {
                    last = e;
                }
            }
        }
        throw new IllegalStateException(type.kind().label(), last);
    }
}
