package io.zeroipc.documentation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.TableEntry;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the pages of the format show in C, C++ and Python, as a reader copies it, on segments that Java is working on. */
@Tag("process")
class FormatSnippetsTest {

    private static final String SEGMENT = "docs/format/segment.md";
    private static final String MAP = "docs/format/map.md";

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();
    private Path path;

    /** Each reads lines {@code lock POSITION} and {@code unlock POSITION}, and answers 1 when that was done, else 0. */
    enum Language {
        C {
            @Override
            List<String> program(Path directory) throws Exception {
                write(SEGMENT, "zlock.h", directory);
                Files.writeString(directory.resolve("main.c"), """
                        #include "zlock.h"
                        #include <stdio.h>
                        #include <string.h>
                        int main(int count, char** arguments) {
                            int fd = count == 2 ? open(arguments[1], O_RDWR | O_CLOEXEC) : -1;
                            char verb[8];
                            unsigned long long position;
                            while (fd >= 0 && scanf("%7s %llu", verb, &position) == 2) {
                                /* What drops the locks of a process. */
                                close(open(arguments[1], O_RDWR | O_CLOEXEC));
                                printf("%d\\n", zlock(fd, position, strcmp(verb, "lock") ? F_UNLCK : F_WRLCK));
                                fflush(stdout);
                            }
                            return zlock_use(0) + zlock_table() + zlock_role(0, 0) == 0;
                        }
                        """);
                compile(directory, "gcc", "-std=c11", "main.c");
                return List.of(directory.resolve("main").toString());
            }
        },
        PYTHON {
            @Override
            List<String> program(Path directory) throws Exception {
                write(SEGMENT, "zlock.py", directory);
                return List.of(Requirements.python().toString(), "-c", """
                        import os, sys
                        from zlock import *
                        descriptor = os.open(sys.argv[1], os.O_RDWR)
                        for line in sys.stdin:
                            verb, position = line.split()
                            with open(sys.argv[1], "r+b"):  # What drops the locks of a process.
                                pass
                            done = zlock(descriptor, int(position), fcntl.F_WRLCK if verb == "lock" else fcntl.F_UNLCK)
                            print(int(done), flush=True)
                        """);
            }
        };

        abstract List<String> program(Path directory) throws Exception;
    }

    @BeforeEach
    void name() {
        path = directory.resolve("segment");
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeARoleFromJavaAndLoseItToJavaWhenAPeerLocksAsThePageSays(Language language) throws Exception {
        try (Segment segment = Segment.at(path).size(1 << 14).create()) {
            SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 8);
            long writer = (1L << 62) + (1L << 56) + segment.entries().getFirst().offset();
            long reader = writer + 1;
            Peer peer = start(language);

            try (RingReader<Integer> _ = ring.reader()) {
                assertThat(peer.ask("lock " + reader)).isEqualTo("0");
                assertThat(peer.ask("lock " + writer)).isEqualTo("1");
                assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::writer);
            }
            assertThat(peer.ask("lock " + reader)).isEqualTo("1");
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::reader);
            assertThatExceptionOfType(RoleTakenException.class).as("other descriptors were closed meanwhile")
                    .isThrownBy(ring::writer);

            assertThat(peer.ask("unlock " + writer)).isEqualTo("1");
            ring.writer().close();
            peer.process.destroyForcibly().waitFor();
            ring.reader().close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepJavaFromAddingWhenAPeerHasTheTableLock(Language language) throws Exception {
        try (Segment segment = Segment.at(path).size(1 << 14).create()) {
            Peer peer = start(language);
            assertThat(peer.ask("lock " + ((1L << 62) + (1 << 20) + 1))).isEqualTo("1");

            Thread adding = Thread.ofPlatform().start(() -> SharedRing.create(segment, "ring", Codecs.int32(), 8));
            try {
                // It has been seen at the lock, and not past it, before the lock is given back.
                while (adding.isAlive() && adding.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
                assertThat(segment.entries()).isEmpty();
                assertThat(peer.ask("unlock " + ((1L << 62) + (1 << 20) + 1))).isEqualTo("1");
            } finally {
                adding.join();
            }
            assertThat(segment.entries()).extracting(TableEntry::name).containsExactly("ring");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepTheFileWhenAPeerHoldsAByteForItsUse(Language language) throws Exception {
        Supplier<Segment> segment = () -> Segment.at(path).size(1 << 14).onClose(OnClose.DELETE_IF_LAST).openOrCreate();

        Segment counted = segment.get();
        Peer peer = start(language);
        assertThat(peer.ask("lock " + (1L << 62))).as("Java has the first").isEqualTo("0");
        assertThat(peer.ask("lock " + ((1L << 62) + 1))).isEqualTo("1");
        counted.close();
        assertThat(path).exists();

        Segment alone = segment.get();
        assertThat(peer.ask("unlock " + ((1L << 62) + 1))).isEqualTo("1");
        alone.close();
        assertThat(path).as("its peer works on, and is not counted").doesNotExist();
    }

    @Test
    void shouldFindWhatJavaPutsWhenCppGetsAsThePageSays() throws Exception {
        try (Segment segment = Segment.at(path).size(1 << 14).create()) {
            SharedMap<Integer, Double> map = SharedMap.create(segment, "map", Codecs.int32(), Codecs.float64(), 7);
            for (int key : new int[] {1, -1, 8, 15}) {
                map.put(key, key + 0.25);
            }
            map.remove(8);

            assertThat(get(segment, 1, -1, 8, 15, 99)).isEqualTo("1.25 -0.75 none 15.25 none");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 7})
    void shouldEndWhenCppGetsAKeyWhoseOwnerDied(int state) throws Exception {
        try (Segment segment = Segment.at(path).size(1 << 14).create()) {
            SharedMap.create(segment, "map", Codecs.int32(), Codecs.float64(), 1).put(5, 2.5);
            long entry = segment.entries().getFirst().offset() + 16;
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, state), entry);
            }

            assertThat(get(segment, 6, 5)).isEqualTo(state == 3
                    ? "none map is busy: somebody works on the key, or died at it"
                    : "map is damaged: state of an entry is unknown map is damaged: state of an entry is unknown");
        }
    }

    /** What the page's function says of each key. */
    private String get(Segment segment, int... keys) throws Exception {
        write(MAP, "zmap.hpp", directory);
        Files.writeString(directory.resolve("main.cpp"), """
                #include "zmap.hpp"
                #include <cstdio>
                #include <cstdlib>
                #include <fcntl.h>
                #include <sys/mman.h>
                int main(int count, char** arguments) {
                    const int file = open(arguments[1], O_RDONLY);
                    void* memory = mmap(nullptr, 1 << 14, PROT_READ, MAP_SHARED, file, 0);
                    const auto* block = static_cast<const unsigned char*>(memory) + std::atoll(arguments[2]);
                    for (int i = 3; i < count; ++i) {
                        double value;
                        try {
                            if (zmap_get<int32_t, double>(block, std::atoi(arguments[i]), value)) {
                                std::printf("%g ", value);
                            } else {
                                std::printf("none ");
                            }
                        } catch (const std::runtime_error& wrong) {
                            std::printf("%s ", wrong.what());
                        }
                    }
                }
                """);
        compile(directory, "g++", "-std=c++17", "main.cpp");
        List<String> command = new ArrayList<>(List.of(directory.resolve("main").toString(), path.toString(),
                Long.toString(segment.entries().getFirst().offset())));
        for (int key : keys) {
            command.add(Integer.toString(key));
        }
        return Programs.output(directory, command);
    }

    private Peer start(Language language) throws Exception {
        List<String> command = new ArrayList<>(language.program(directory));
        command.add(path.toString());
        Process process = new ProcessBuilder(command).directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        return new Peer(process,
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
    }

    private static void write(String page, String file, Path directory) throws IOException {
        Files.writeString(directory.resolve(file), Snippet.file(page, file).text());
    }

    private static void compile(Path directory, String compiler, String standard, String source) throws Exception {
        Programs.output(directory,
                List.of(Requirements.program(compiler).toString(), standard, "-O2", "-Wall", "-Wextra",
                        "-Werror", "-o", directory.resolve("main").toString(), directory.resolve(source).toString()));
    }

    private record Peer(Process process, BufferedReader answers) {

        String ask(String line) throws IOException {
            process.outputWriter().write(line + "\n");
            process.outputWriter().flush();
            return answers.readLine();
        }
    }
}
