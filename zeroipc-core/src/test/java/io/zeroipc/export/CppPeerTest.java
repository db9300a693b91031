package io.zeroipc.export;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** What text is made of a segment in C++. Whether compilers like it, and what it does, is a matter of {@code verification/interop}. */
class CppPeerTest {

    record Trade(long id, double price) {}

    @SuppressWarnings("MemberName") // that is what is to be seen
    record zipc(int value) {}

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private static String header(Segment segment) {
        return Export.of(segment).source(Language.CPP);
    }

    @Test
    void shouldGiveEachStructureByItsNameWithItsType() {
        Segment segment = segments.create(1 << 16);
        SharedRing.create(segment, "history", Codecs.record(Trade.class), 8);
        SharedMap.create(segment, "by-symbol", Codecs.string(4), Codecs.float64(), 8);
        SharedCounter.create(segment, "total");

        assertThat(header(segment)).contains("static constexpr const char* default_path = \"" + segment.path() + "\";",
                "zipc::SharedRing<Trade> history() const {", "(segment_, \"history\", {\"ZIPC01_",
                "zipc::SharedMap<std::array<char, 4>, double> by_symbol() const {",
                "zipc::SharedCounter total() const {", "return zipc::SharedCounter(segment_, \"total\");");
    }

    @Test
    void shouldHaveThePartsThatItsStructuresNeedAndEachOnce() {
        Segment segment = segments.create(1 << 16);
        SharedChannel.create(segment, "events", Codecs.int64(), 8);
        SharedQueue.create(segment, "jobs", Codecs.int64(), 8);
        SharedSet.create(segment, "members", Codecs.int64(), 8);

        String header = header(segment);
        assertThat(header).containsOnlyOnce("#ifndef ZIPC_BASE_HPP\n")
                .containsOnlyOnce("#ifndef ZIPC_QUEUE_HPP\n")
                .containsOnlyOnce("#ifndef ZIPC_CHANNEL_HPP\n")
                .containsOnlyOnce("#ifndef ZIPC_SET_HPP\n")
                .doesNotContain("ZIPC_RING_HPP", "ZIPC_MAP_HPP");
    }

    @Test
    void shouldCallMethodsSoThatTheyCanBeCalled() {
        Segment segment = segments.create(1 << 16);
        SharedArray.create(segment, "class", Codecs.int32(), 2);
        SharedArray.create(segment, "core-loads", Codecs.int32(), 2);
        SharedArray.create(segment, "core_loads", Codecs.int32(), 2);
        SharedArray.create(segment, "segment", Codecs.int32(), 2);
        SharedArray.create(segment, "2nd", Codecs.int32(), 2);
        SharedArray.create(segment, "Trade", Codecs.record(Trade.class), 2);

        assertThat(header(segment)).contains(" class_() const {", " core_loads() const {", " core_loads_2() const {",
                " segment_2() const {", " x2nd_2() const {", "zipc::SharedArray<Trade> Trade_2() const {");
    }

    @Test
    void shouldLeaveTheNameOfTheRuntimeToIt() {
        Segment segment = segments.create(1 << 16);
        SharedArray.create(segment, "numbers", Codecs.record(zipc.class), 2);

        assertThat(header(segment)).contains("struct zipc_2 {\n", "zipc::SharedArray<zipc_2> numbers() const {");
    }

    @Test
    void shouldSayWhatIsNotReachedAndWhy() {
        Segment segment = segments.create(1 << 16);
        SharedMutex.create(segment, "lock");
        SharedStack.create(segment, "pile", Codecs.int64(), 8);

        assertThat(header(segment)).contains(
                "// lock, mutex: not reached, what it needs cannot be done from an exported file\n",
                "// pile, stack: not reached, what it needs cannot be done from an exported file\n")
                .doesNotContain(" lock() const", " pile() const");
    }

    @Test
    void shouldSayThatNobodyKnowsTheElements() {
        Segment created = segments.create(builder -> builder.size(1 << 16).catalogue(false));
        SharedQueue.create(created, "jobs", Codecs.int64(), 8);
        try (Segment segment = Segment.at(created.path()).catalogue(false).open()) {
            assertThat(header(segment))
                    .contains("// jobs, queue: not reached, nobody has written down what its elements are\n");
        }
    }

    @Test
    void shouldStandInItsPackageAndItsRuntimeNot() {
        Segment segment = segments.create(1 << 16);
        SharedArray.create(segment, "numbers", Codecs.record(Trade.class), 2);

        String header = Export.of(segment).inPackage("com.acme").source(Language.CPP);
        assertThat(header.indexOf("namespace com::acme {")).isLessThan(header.indexOf("struct Trade {"));
        assertThat(header.indexOf("\n}\n\n#ifndef ZIPC_BASE_HPP")).isPositive();
        assertThat(header.lastIndexOf("namespace com::acme {")).isGreaterThan(header.lastIndexOf("namespace zipc {"))
                .isLessThan(header.indexOf("class " + Names.camel(segment.path().getFileName().toString()) + " {"));
    }

    @Test
    void shouldWriteTypesAloneWhereThatIsAskedFor() {
        Segment segment = segments.create(1 << 16);
        SharedArray.create(segment, "numbers", Codecs.record(Trade.class), 2);

        assertThat(Export.of(segment).typesOnly().source(Language.CPP)).contains("struct Trade {\n")
                .doesNotContain("zipc::");
    }

    @Test
    void shouldWriteAnyTextSoThatItIsOneInCpp() {
        assertThat(CppPeer.literal("/dev/shm/a b")).isEqualTo("\"/dev/shm/a b\"");
        assertThat(CppPeer.literal("\"\\\n??/é")).isEqualTo("\"\\042\\134\\012\\077\\077/\\303\\251\"");
    }
}
