package io.zeroipc.interop;

import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class ArrayInteropTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#inEveryLanguage")
    <T> void shouldShareElementsWhenAPeerCreatedTheArray(Language language, Kind<T> kind) throws Exception {
        Peer peer = bench.creator(language);
        peer.ask("array-create", "a", kind.name(), 10);
        peer.ask("array-set", kind.with(kind.values(), "a", kind.name(), 2));
        SharedArray<T> array = SharedArray.open(bench.open(), "a", kind.codec());

        assertThat(array.capacity()).isEqualTo(10);
        for (int i = 0; i < 8; i++) {
            assertThat(array.get(2 + i)).isEqualTo(kind.values().get(i));
        }
        array.set(0, kind.values().get(7));
        array.set(9, kind.values().get(0));
        assertThat(kind.parse(peer.list("array-get", "a", kind.name(), 0, 1))).containsExactly(kind.values().get(7));
        assertThat(kind.parse(peer.list("array-get", "a", kind.name(), 9, 1))).containsExactly(kind.values().get(0));
    }

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#inEveryLanguage")
    <T> void shouldShareElementsWhenJavaCreatedTheArray(Language language, Kind<T> kind) throws Exception {
        SharedArray<T> array = SharedArray.create(bench.create(), "a", kind.codec(), 8);
        for (int i = 0; i < 8; i++) {
            array.set(i, kind.values().get(i));
        }
        Peer peer = bench.attach(language);

        assertThat(kind.parse(peer.list("array-get", "a", kind.name(), 0, 8))).isEqualTo(kind.values());
        peer.ask("array-set", "a", kind.name(), 3, kind.values().get(7));
        assertThat(array.get(3)).isEqualTo(kind.values().get(7));
    }

    @Test
    void shouldCountEveryIncrementWhenJavaAndCppAddToOneElement() throws Exception {
        long each = 200_000;
        SharedArray<Long> array = SharedArray.create(bench.create(), "a", Codecs.int64(), 3);
        Peer peer = bench.attach(Language.CPP);
        peer.begin("array-add", "a", 1, each);
        for (long i = 0; i < each; i++) {
            array.getAndAddLong(1, 1);
        }
        peer.answer();

        assertThat(array.get(1)).isEqualTo(2 * each);
        assertThat(array.get(0)).isZero();
        assertThat(array.get(2)).isZero();
    }

    @Test
    void shouldSeeWhatWasWrittenBeforeWhenCppReleasesAnElement() throws Exception {
        int rounds = 20_000;
        SharedArray<Long> array = SharedArray.create(bench.create(), "a", Codecs.int64(), 3);
        Peer peer = bench.attach(Language.CPP);
        FutureTask<Void> reader = bench.beside(() -> {
            for (long i = 0; i < rounds; i++) {
                long turn = i + 1;
                Workbench.await(array.segment(), () -> array.getLongAcquire(0) == turn);
                assertThat(array.getLong(2)).isEqualTo(i * 3);
                array.setLongRelease(1, turn);
            }
            return null;
        });
        peer.begin("array-publish", "a", rounds);

        reader.get();
        assertThat(peer.answer()).isEmpty();
    }

    @Test
    void shouldBeANumpyArrayWhenJavaCreatedIt() throws Exception {
        int length = 10_000;
        SharedArray<Double> array = SharedArray.create(bench.create(), "a", Codecs.float64(), length);
        for (int i = 0; i < length; i++) {
            array.set(i, i + 0.5);
        }
        Peer peer = bench.attach(Language.python("numpy"));

        assertThat(peer.ask("array-memmap", "a", bench.path(), "<f8")).isEqualTo("10000 50000000.0");
        for (int i = 0; i < length; i++) {
            assertThat(array.get(i)).isEqualTo(2 * i + 1.0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhenThePeersElementsHaveAnotherSize(Language language) throws Exception {
        Peer peer = bench.creator(language);
        peer.ask("array-create", "a", "int32", 4);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedArray.open(bench.open(), "a", Codecs.int64()))
                .withMessageContainingAll("name=a", "element size=4", "8 + capacity * 8");

        SharedArray.create(bench.open(), "b", Codecs.int64(), 4);
        assertThat(peer.refusal("array-get", "b", "int32", 0, 1)).contains("not an array of such elements");
    }

    @Test
    void shouldRefuseWhenTheHeaderIsThatOfTheCImplementation() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("allocate", "a", 16 + 4 * 4);
        peer.ask("poke64", "a", 0, 4);
        peer.ask("poke64", "a", 8, 4);

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedArray.open(bench.open(), "a", Codecs.int32()))
                .withMessageContainingAll("name=a", "capacity=4");
    }
}
