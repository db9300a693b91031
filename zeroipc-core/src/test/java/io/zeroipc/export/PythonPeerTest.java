package io.zeroipc.export;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** What a file for Python has beside the types. That it works is a matter of {@code verification/interop}. */
class PythonPeerTest {

    enum Side {
        BUY, SELL
    }

    record Plant(int number, Side side) {}

    /** Called as what the file itself needs. */
    record ZeroIpcError(int value) {}

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment(String name) {
        return segments.track(Segment.at(segments.directory().resolve(name)).size(1 << 16).create());
    }

    private static String python(Segment segment, String... structures) {
        return Export.of(segment, List.of(structures)).source(Language.PYTHON);
    }

    @Test
    void shouldHaveAMethodForEachStructure() {
        Segment segment = segment("plant-1");
        SharedArray.create(segment, "cores", Codecs.float64(), 4);
        SharedState.create(segment, "frames", Codecs.frame(100));
        SharedRing.create(segment, "names", Codecs.string(5), 4);
        SharedQueue.create(segment, "ids", Codecs.uuid(), 4);
        SharedCounter.create(segment, "total");
        SharedMap.create(segment, "places", Codecs.int64(), Codecs.int64(), 4);

        assertThat(python(segment)).contains("\nimport uuid\n", "\nclass Plant1(_Segment):\n",
                "    _path = \"" + segment.path() + "\"\n",
                "    def cores(self):\n        \"array of float64\"\n        return self._attach(_Array, \"cores\", \"ZIPC01_",
                "\", _Number(\"d\", lambda: Cores_dtype))\n", "_attach(_State, \"frames\", \"ZIPC01_",
                ", _Frame(Frame100, lambda: Frame100_dtype))\n", "_attach(_Ring, \"names\", \"ZIPC01_",
                ", _Text(5, lambda: Names_dtype))\n", "_attach(_Queue, \"ids\", \"ZIPC01_",
                ", _Uuid(lambda: Ids_dtype))\n",
                "    def total(self):\n        \"counter\"\n        return self._attach(_Counter, \"total\")\n",
                "        \"places\": \"map, which is changed by compare-and-set, and Python has only plain stores");
    }

    @Test
    void shouldHaveNothingThatNoStructureNeeds() {
        Segment segment = segment("plant");
        SharedCounter.create(segment, "total");

        assertThat(python(segment)).contains("class _Counter", "class Plant(_Segment):")
                .doesNotContain("class _Array", "class _State", "class _Ring", "class _Queue", "import uuid",
                        "_absent = {\n");
    }

    @Test
    void shouldCallStructuresWhatPythonTakesForAName() {
        Segment segment = segment("plant");
        for (String name : List.of("class", "close", "core-loads", "core_loads", "_path", "1st", "a\"b\\",
                "\ud83d\ude00")) {
            SharedArray.create(segment, name, Codecs.int32(), 1);
        }

        assertThat(python(segment)).contains("def class_(self):", "def close_2(self):", "def core_loads(self):",
                "def core_loads_2(self):", "def x_path(self):", "def x1st(self):", "def a_b_(self):",
                "_attach(_Array, \"core-loads\"", "_attach(_Array, \"core_loads\"", "_attach(_Array, \"a\\\"b\\\\\"",
                "_attach(_Array, \"\\U0001f600\"");
    }

    @Test
    void shouldLeaveRecordsTheirNamesWhereTheSegmentHasTheSame() {
        Segment segment = segment("plant");
        SharedArray.create(segment, "plants", Codecs.record(Plant.class), 1);
        SharedArray.create(segment, "errors", Codecs.record(ZeroIpcError.class), 1);

        assertThat(python(segment)).contains("class Plant(_Structure):", "class PlantSegment(_Segment):",
                "class ZeroIpcError(Exception):", "class ZeroIpcError_2(_Structure):",
                "    _constants_ = {\"side\": PlantSide}\n");
    }

    @Test
    void shouldBeTypesAloneWhereThatIsAskedFor() {
        Segment segment = segment("plant");
        SharedArray.create(segment, "plants", Codecs.record(Plant.class), 1);

        assertThat(Export.of(segment).typesOnly().source(Language.PYTHON)).contains("class Plant(ctypes.Structure):")
                .doesNotContain("_Segment", "mmap");
    }
}
