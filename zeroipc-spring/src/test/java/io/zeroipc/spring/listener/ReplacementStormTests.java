package io.zeroipc.spring.listener;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.envelope.Envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** A peer that restarts again and again, which replaces the file each time: nobody is left behind, and nothing stays. */
class ReplacementStormTests {

    private static final int LISTENERS = 4;
    /** Of the segment, and of the file of its participants. */
    private static final int MAPPINGS = 2;
    private static final int REPLACEMENTS = 200;
    private static final int PAUSE_MAX_MILLIS = 60;
    private static final int CAPACITY = 64;

    @TempDir
    Path directory;

    private SegmentDefinition definition() {
        List<StructureDefinition> structures = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            structures.add(opened("in" + i, SharedQueue.spec(Codecs.int64(), 0), Codecs.int64()));
        }
        for (String name : List.of("requests", "replies")) {
            structures.add(opened(name, SharedQueue.spec(Codecs.frame(256), 0), Codecs.frame(256)));
        }
        return SegmentDefinition.named("host")
                .structures(structures)
                .onReplaced(OnReplaced.REATTACH)
                .openedBy(Fixtures.file(directory)::open);
    }

    private static <T> StructureDefinition opened(String name, Spec<?> spec, Codec<T> codec) {
        return new StructureDefinition(name, name, StructureMode.OPEN, spec, codec);
    }

    /** Builds the next file beside the present one, and moves it over that: whoever opens finds all of it. */
    private void replace() throws IOException {
        Path next = directory.resolve("next.zipc");
        try (Segment segment = Segment.at(next).label("host").size(1 << 20).create()) {
            for (int i = 0; i < LISTENERS; i++) {
                SharedQueue.create(segment, "in" + i, Codecs.int64(), CAPACITY);
            }
            SharedQueue.create(segment, "requests", Codecs.frame(256), CAPACITY);
            SharedQueue.create(segment, "replies", Codecs.frame(256), CAPACITY);
        }
        Files.move(next, directory.resolve("host.zipc"), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void structureThatIsSeveralFilesOldSaysThatItIsDetached(int generations) throws IOException {
        replace();
        try (TestContext context = TestContexts.open(definition())) {
            SharedQueue<Long> injected = Fixtures.queueOf(context.segments(), "host/in0");
            ZeroIpcTemplate template = context.template();
            template.send("host/in1", 1L);
            for (int i = 0; i < generations; i++) {
                replace();
                template.send("host/in0", 2L);
            }
            assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> injected.offer(3L));
            assertThat(context.segments().nameOf(injected)).hasToString("Optional[host/in0]");
            template.send("host/in1", 4L);
            assertThat(template.tryReceive("host/in1", Long.class)).isEqualTo(4L);
            assertThat(mappings()).isEqualTo(MAPPINGS);
        }
        assertThat(mappings()).isZero();
    }

    @Test
    @Tag("slow")
    void everybodyGoesOnAndNothingStays() throws Exception {
        long seed = System.nanoTime();
        System.out.println("replacement storm: seed=" + seed);
        Random random = new Random(seed);
        replace();
        try (TestContext context = TestContexts.open(definition(), Received.class)) {
            Received received = context.getBean(Received.class);
            ZeroIpcTemplate template = context.template();
            template.setReplyChannel("host/replies");
            request(template, 0);
            await().until(() -> IntStream.range(0, LISTENERS).allMatch(i -> received.sentAndSeen(template, i)));
            int descriptors = descriptors();
            Set<Thread> threads = threads();

            AtomicBoolean over = new AtomicBoolean();
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < LISTENERS; i++) {
                int number = i;
                senders.add(Thread.ofPlatform().name("sender-" + i).start(() -> {
                    try {
                        while (!over.get()) {
                            template.trySend("host/in" + number, 1L);
                            // An answer may be lost with a file: what counts is that the next request has one.
                            request(template, 20);
                        }
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                }));
            }
            try {
                for (int i = 0; i < REPLACEMENTS; i++) {
                    replace();
                    Thread.sleep(random.nextInt(PAUSE_MAX_MILLIS));
                }
            } finally {
                over.set(true);
                for (Thread sender : senders) {
                    sender.join();
                }
            }
            assertThat(failures).isEmpty();
            received.forget();
            await().untilAsserted(() -> {
                for (int i = 0; i < LISTENERS; i++) {
                    assertThat(received.sentAndSeen(template, i)).as("listener " + i).isTrue();
                }
                assertThat(context.listeners().getContainers())
                        .allMatch(container -> container.getState() == ContainerState.RUNNING);
                assertThat(mappings()).isEqualTo(MAPPINGS);
                assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
                assertThat(threads()).isSubsetOf(threads);
            });
            assertThat(request(template, 5_000)).isTrue();
        }
        assertThat(mappings()).isZero();
    }

    private static boolean request(ZeroIpcTemplate template, long millis) throws InterruptedException {
        return template.sendAndReceive("host/requests", new byte[] {1}, byte[].class,
                Duration.ofMillis(millis)) != null;
    }

    private long mappings() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains(directory.toString())).count();
        }
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }

    /** All but those that the waiting of a test starts. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> !thread.getName().startsWith("awaitility"))
                .collect(Collectors.toSet());
    }

    static class Received {

        private final AtomicIntegerArray counts = new AtomicIntegerArray(LISTENERS);

        @ChannelListener("host/in0")
        void on0(long number) {
            counts.incrementAndGet(0);
        }

        @ChannelListener("host/in1")
        void on1(long number) {
            counts.incrementAndGet(1);
        }

        @ChannelListener("host/in2")
        void on2(long number) {
            counts.incrementAndGet(2);
        }

        @ChannelListener("host/in3")
        void on3(long number) {
            counts.incrementAndGet(3);
        }

        @ChannelListener("host/requests")
        byte[] onRequest(Envelope request) {
            return request.payload();
        }

        void forget() {
            for (int i = 0; i < LISTENERS; i++) {
                counts.set(i, 0);
            }
        }

        boolean sentAndSeen(ZeroIpcTemplate template, int listener) {
            template.trySend("host/in" + listener, 1L);
            return counts.get(listener) > 0;
        }
    }
}
