package io.zeroipc.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** Headers of segments beside each other in one program, and in several files of it, with elements and names of all sorts. */
@Tag("process")
class CppHeadersInteropTest {

    enum Side {
        BUY, SELL
    }

    record Trade(long id, Side side, @Length(5) String symbol, @Absent(Absent.By.FLAG) Integer perhaps) {}

    /** The runtime has something that is called so. */
    record Clock(byte zone, long nanos) {}

    enum Macro {
        EAGAIN, SIGINT, INFINITY, NULL, NAN, M_PI, FE_ALL_EXCEPT, errno, stdin, major, unix, linux, EOF, O_RDONLY,
        PATH_MAX, BUY
    }

    record Macros(Macro side, int errno, int major, int EAGAIN, int O_RDONLY, int SIGINT, int stdin, int unix,
            int linux) {}

    @RegisterExtension
    final Workbench bench = new Workbench();

    @TempDir
    Path directory;

    private Segment odd() {
        Segment segment = bench.create();
        SharedArray.create(segment, "class", Codecs.bool(), 3).set(2, true);
        SharedArray.create(segment, "core-loads", Codecs.float32(), 3).set(1, 0.5f);
        SharedQueue.create(segment, "default", Codecs.string(7), 4).offer("seven");
        SharedMap.create(segment, "by symbol", Codecs.string(5), Codecs.float64(), 8).put("ABC", 1.25);
        SharedMap.create(segment, "small", Codecs.int8(), Codecs.int16(), 8).put((byte) -3, (short) -300);
        SharedMap.create(segment, "odd", Codecs.float64(), Codecs.string(3), 8).put(0.5, "abc");
        SharedSet.create(segment, "trades", Codecs.record(Trade.class), 8).add(new Trade(1, Side.SELL, "ABC", 5));
        SharedSet.create(segment, "words", Codecs.string(13), 8).add("thirteen");
        SharedRing.create(segment, "Trade", Codecs.record(Trade.class), 8);
        SharedChannel.create(segment, "uuids", Codecs.uuid(), 8);
        segment.create("frames", SharedState.spec(Codecs.frame(10)));
        segment.create("narrow", SharedCounter.spec(4)).set(-7);
        SharedMutex.create(segment, "lock");
        return segment;
    }

    /** What stands between the fields of a struct is each compiler's own. */
    @ParameterizedTest
    @CsvSource({"g++, -std=c++17", "g++, -std=c++20", "clang++, -std=c++17", "clang++, -std=c++20"})
    void shouldReachStructuresWhateverTheirNamesAndElementsAre(String compiler, String standard) throws Exception {
        Segment segment = odd();
        // What a program has is compared with what the class of the segment is called.
        write("odd.hpp", Export.of(segment).inPackage("acme::odd"));
        String name = Files.readAllLines(directory.resolve("odd.hpp"))
                .stream()
                .filter(line -> line.startsWith("class ") && line.endsWith(" {") && !line.contains(":"))
                .map(line -> line.substring("class ".length(), line.length() - " {".length()))
                .reduce((_, last) -> last)
                .orElseThrow();
        Files.writeString(directory.resolve("main.cpp"), """
                #include "odd.hpp"
                #include <iostream>

                int main() {
                    acme::odd::%s odd;
                    std::cout << odd.class_().get(2) << ' ' << odd.core_loads().get(1) << ' '
                              << odd.default_().take().data() << ' ' << odd.narrow().add_and_get(-1) << '\\n';
                    std::cout << *odd.by_symbol().get({'A', 'B', 'C'}) << ' ' << odd.by_symbol().contains_key({'A', 'B'}) << ' '
                              << *odd.small().get(-3) << ' ' << odd.small().contains_key(3) << ' '
                              << odd.odd().get(0.5)->data()[2] << '\\n';
                    acme::odd::Trade trade;
                    std::memset(static_cast<void*>(&trade), 0xFF, sizeof(trade)); // between the fields as well
                    trade.id = 1;
                    trade.side = acme::odd::TradeSide::SELL;
                    std::memset(trade.symbol, 0, sizeof(trade.symbol));
                    std::memcpy(trade.symbol, "ABC", 3);
                    trade.perhaps.value = 5;
                    trade.perhaps.present = true;
                    std::cout << odd.trades().contains(trade);
                    trade.id = 2;
                    std::cout << ' ' << odd.trades().contains(trade) << ' '
                              << odd.words().contains({'t', 'h', 'i', 'r', 't', 'e', 'e', 'n'}) << ' ' << odd.words().contains({'t'})
                              << '\\n';
                    odd.Trade_2().writer().put(trade);
                    std::cout << odd.Trade_2().reader().take().id << ' ' << odd.uuids().try_send({}) << ' '
                              << odd.frames().snapshot().has_value() << ' ' << odd.segment()->takes_part() << std::endl;
                }
                """.formatted(name));
        build(compiler, standard, "main.cpp");

        assertThat(run(directory.resolve("program").toString())).isEqualTo("""
                1 0.5 seven -8
                1.25 0 -300 0 c
                1 0 1 0
                2 1 0 1
                """);
    }

    @Test
    void shouldStandBesideEachOtherInSeveralFilesOfAProgram() throws Exception {
        Segment segment = bench.create();
        SharedQueue.create(segment, "jobs", Codecs.int64(), 8);
        write("one.hpp", Export.of(segment).inPackage("one"));
        SharedChannel.create(segment, "events", Codecs.int64(), 8);
        write("two.hpp", Export.of(segment).inPackage("two"));
        Files.writeString(directory.resolve("first.cpp"),
                "#include \"one.hpp\"\n#include \"two.hpp\"\nint main() {}\n");
        Files.writeString(directory.resolve("second.cpp"), "#include \"two.hpp\"\n#include \"one.hpp\"\n");

        build("g++", "-std=c++17", "first.cpp", "second.cpp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "live", "detail"})
    void shouldClearWhatIsBetweenFieldsWhateverTypesAndPackagesAreCalled(String name) throws Exception {
        Segment segment = bench.create();
        SharedSet.create(segment, "clocks", Codecs.record(Clock.class), 8).add(new Clock((byte) 1, 2));
        write("clocks.hpp", Export.of(segment).inPackage(name));
        Files.writeString(directory.resolve("main.cpp"), """
                #include "clocks.hpp"
                #include <iostream>

                int main() {
                    %1$s::Clock clock;
                    std::memset(static_cast<void*>(&clock), 0xFF, sizeof(clock));
                    clock.zone = 1;
                    clock.nanos = 2;
                    auto segment = zipc::Segment::open("%2$s");
                    std::cout << zipc::SharedSet<%1$s::Clock>(segment, "clocks").contains(clock);
                }
                """.formatted(name.isEmpty() ? "" : "::" + name, segment.path()));
        build("g++", "-std=c++17", "main.cpp");

        assertThat(run(directory.resolve("program").toString())).isEqualTo("1");
    }

    /** In front of the exported file, and behind it. */
    @Test
    void shouldNotCallAnythingAsAMacroOfTheSystem() throws Exception {
        Segment segment = bench.create();
        SharedArray.create(segment, "EAGAIN", Codecs.record(Macros.class), 3);
        for (String name : List.of("errno", "major", "minor", "stdin", "unix", "SIGINT", "INFINITY", "sigsetjmp")) {
            SharedCounter.create(segment, name);
        }
        write("macros.hpp", Export.of(segment).inPackage("one"));
        String headers = """
                #include <cerrno>
                #include <cfenv>
                #include <climits>
                #include <cmath>
                #include <csetjmp>
                #include <csignal>
                #include <cstdio>
                #include <fcntl.h>
                #include <sys/mman.h>
                #include <sys/sysmacros.h>
                #include <unistd.h>
                """;
        String use = """
                int use_%s(const one::Macros& it) {
                    return it.side == one::MacrosSide::EAGAIN_ ? it.errno_ : it.O_RDONLY_;
                }
                """;
        Files.writeString(directory.resolve("first.cpp"),
                headers + "#include \"macros.hpp\"\n" + use.formatted("first"));
        Files.writeString(directory.resolve("second.cpp"),
                "#include \"macros.hpp\"\n" + headers + use.formatted("second") + "int main() {}\n");

        build("g++", "-std=gnu++17", "first.cpp", "second.cpp");
    }

    private void write(String file, Export export) throws IOException {
        Files.writeString(directory.resolve(file), export.source(Language.CPP));
    }

    private void build(String compiler, String standard, String... files) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Requirements.program(compiler).toString(), standard, "-O2", "-pthread",
                        "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror", "-o", "program"));
        command.addAll(List.of(files));
        run(command.toArray(String[]::new));
    }

    private String run(String... command) throws Exception {
        Path output = directory.resolve("output.txt");
        int status = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        assertThat(status).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}
