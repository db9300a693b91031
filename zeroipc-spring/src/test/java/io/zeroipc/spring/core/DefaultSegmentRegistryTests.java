package io.zeroipc.spring.core;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureExistsException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.Fixtures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/** Names, definitions and files: what the registry of a context keeps apart. */
class DefaultSegmentRegistryTests {

    private static final ChannelName NUMBERS = new ChannelName("host", "numbers");

    @TempDir
    Path directory;

    private final List<AutoCloseable> resources = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : resources.reversed()) {
            resource.close();
        }
    }

    @Test
    void getWhenDeclaredOpensOnceAndClosesWithTheRegistry() {
        AtomicInteger openings = new AtomicInteger();
        DefaultSegmentRegistry registry = registry(host().openedBy(() -> {
            openings.incrementAndGet();
            return Fixtures.file(directory).openOrCreate();
        }));
        assertThat(registry.names()).containsExactly("host");
        assertThat(registry.find("host")).isEmpty();
        assertThat(registry.findStructure(NUMBERS)).isEmpty();
        assertThat(openings).hasValue(0);
        Segment segment = registry.get("host");
        assertThat(registry.get("host")).isSameAs(segment);
        assertThat(registry.find("host")).containsSame(segment);
        assertThat(openings).hasValue(1);
        registry.close();
        assertThat(segment.attachment().isReadable()).isFalse();
        registry.close();
    }

    @Test
    void queueWhenAClaimWasGivenBackGoesOnWithoutItsProducer() {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        SharedQueue<Integer> numbers = SharedQueue.create(registry.get("host"), "more", Codecs.int32(), 8);
        numbers.offer(1);
        numbers.abort(numbers.tryClaim());
        assertThat(numbers.poll()).isEqualTo(1);
        // Nobody uses the queue in this process any more; those of others would wait at the position that was given back.
        await().until(() -> numbers.size() == 0);
    }

    @Test
    void structureWhenLookedUpAgainIsTheSameObject() {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        Structure numbers = registry.structure(NUMBERS);
        assertThat(registry.structure(NUMBERS)).isSameAs(numbers);
        assertThat(registry.findStructure(NUMBERS)).containsSame(numbers);
        assertThat(registry.nameOf(numbers)).contains(NUMBERS);
    }

    @Test
    void structureWhenOpenedInCodeBeforeIsThatObject() {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        SharedQueue<Integer> own = SharedQueue.create(registry.get("host"), "numbers", Codecs.int32(), 8);
        SharedQueue<Integer> undeclared = SharedQueue.create(registry.get("host"), "more", Codecs.int32(), 8);
        assertThat(registry.structure(NUMBERS)).isSameAs(own);
        assertThat(registry.structure(new ChannelName("host", "more"))).isSameAs(undeclared);
        assertThat(registry.isKnown(new ChannelName("host", "more"))).isTrue();
    }

    @Test
    void structureWhenItHasAnotherNameInTheTableIsFoundByItsOwn() {
        StructureDefinition renamed = new StructureDefinition("numbers", "Numbers v2", StructureMode.OPEN_OR_CREATE,
                SharedQueue.spec(Codecs.int32(), 8), Codecs.int32());
        DefaultSegmentRegistry registry = registry(
                SegmentDefinition.named("host").structure(renamed).openedBy(Fixtures.file(directory)::openOrCreate));
        Structure structure = registry.structure(NUMBERS);
        assertThat(structure.name()).isEqualTo("Numbers v2");
        assertThat(registry.nameOf(structure)).contains(NUMBERS);
        assertThat(registry.isKnown(new ChannelName("host", "Numbers v2"))).isFalse();
    }

    @Test
    void structureWhenItMustBeNewAndExistsFailsButNotInAReplacedFile() {
        StructureDefinition created = new StructureDefinition("numbers", "numbers", StructureMode.CREATE,
                SharedQueue.spec(Codecs.int32(), 64), Codecs.int32());
        DefaultSegmentRegistry registry = registry(SegmentDefinition.named("host")
                .structure(created)
                .onReplaced(OnReplaced.REATTACH)
                .openedBy(Fixtures.file(directory)::openOrCreate));
        peer(Fixtures.file(directory).create());
        assertThatThrownBy(() -> registry.structure(NUMBERS)).isInstanceOf(StructureExistsException.class);
        peer(Fixtures.file(directory).recreate());
        assertThat(registry.structure(NUMBERS).segment()).isSameAs(registry.get("host"));
    }

    @Test
    void getWhenFileIsReplacedGoesOnWithTheNewOneIfAllowed() {
        DefaultSegmentRegistry registry = registry(
                host().onReplaced(OnReplaced.REATTACH).openedBy(Fixtures.file(directory)::openOrCreate));
        List<Segment> generations = new ArrayList<>();
        List<Structure> structures = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            generations.add(registry.get("host"));
            structures.add(registry.structure(NUMBERS));
            peer(Fixtures.file(directory).recreate());
            assertThat(registry.isDetached("host")).isTrue();
        }
        assertThat(generations).doesNotHaveDuplicates();
        assertThat(structures).doesNotHaveDuplicates();
        Segment now = registry.get("host");
        assertThat(registry.isDetached("host")).isFalse();
        // However old they are, they say what happened, and their names are known.
        assertThat(structures).allSatisfy(each -> {
            assertThatThrownBy(each::occupancy).isInstanceOf(SegmentDetachedException.class);
            assertThat(registry.nameOf(each)).contains(NUMBERS);
        });
        registry.close();
        assertThat(now.attachment().isReadable()).isFalse();
    }

    @Test
    void structureWhenItsFileIsGoneFailsThoughNobodyLooks() throws Exception {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        SharedQueue<Integer> numbers = Fixtures.queueOf(registry, NUMBERS.toString());
        Files.delete(registry.get("host").path());
        await().untilAsserted(() -> assertThatThrownBy(() -> {
            numbers.offer(1);
            numbers.poll();
        }).isInstanceOf(SegmentDetachedException.class).hasMessageContaining("file was removed"));
        registry.close();
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("zeroipc-segments");
    }

    @Test
    void getWhenFileIsReplacedAndThatIsAFailureStaysWithTheOldOne() {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        Segment first = registry.get("host");
        Structure numbers = registry.structure(NUMBERS);
        peer(Fixtures.file(directory).recreate());
        assertThat(registry.isDetached("host")).isTrue();
        assertThat(registry.isReattaching("host")).isFalse();
        assertThat(registry.get("host")).isSameAs(first);
        assertThat(registry.structure(NUMBERS)).isSameAs(numbers);
    }

    @Test
    void getWhenReplacedFileIsOpenedInAnotherWayUsesIt() {
        DefaultSegmentRegistry registry = registry(host().onReplaced(OnReplaced.REATTACH)
                .reopenWith(Fixtures.file(directory)::open)
                .openedBy(Fixtures.file(directory)::create));
        registry.get("host");
        Segment peer = peer(Fixtures.file(directory).recreate());
        assertThat(registry.get("host").path()).isEqualTo(peer.path());
        assertThat(registry.get("host").isCreated()).isFalse();
    }

    @Test
    void getWhenSegmentIsMissingAndPolicyIsRetryWaitsForIt() throws Exception {
        DefaultSegmentRegistry registry = registry(host().startupFailurePolicy(StartupFailurePolicy.RETRY)
                .openTimeout(Duration.ofSeconds(30))
                .openRetryInterval(Duration.ofMillis(1))
                .openedBy(Fixtures.file(directory)::open));
        assertThatThrownBy(() -> registry.tryGet("host")).isInstanceOf(SegmentNotFoundException.class);
        Thread peer = Thread.ofPlatform().start(() -> peer(Fixtures.file(directory).create()));
        assertThat(registry.get("host").isCreated()).isFalse();
        peer.join();
    }

    @Test
    void getWhenSegmentStaysMissingAndPolicyIsRetryFailsInTheEnd() {
        DefaultSegmentRegistry registry = registry(host().startupFailurePolicy(StartupFailurePolicy.RETRY)
                .openTimeout(Duration.ofMillis(20))
                .openRetryInterval(Duration.ofMillis(1))
                .openedBy(Fixtures.file(directory)::open));
        assertThatThrownBy(() -> registry.get("host")).isInstanceOf(SegmentNotFoundException.class);
    }

    @Test
    void getWhenInterruptedWhileWaitingFailsAndKeepsTheInterrupt() {
        DefaultSegmentRegistry registry = registry(host().startupFailurePolicy(StartupFailurePolicy.RETRY)
                .openTimeout(Duration.ofHours(1))
                .openedBy(Fixtures.file(directory)::open));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> registry.get("host")).isInstanceOf(SegmentNotFoundException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void structureWhenSomebodyWaitsForAnotherOneIsFoundAtOnce() throws Exception {
        CountDownLatch looked = new CountDownLatch(1);
        StructureDefinition late = new StructureDefinition("late", "late", StructureMode.OPEN,
                SharedQueue.spec(Codecs.int32(), 8), Codecs.int32());
        DefaultSegmentRegistry registry = registry(host().structure(late)
                .startupFailurePolicy(StartupFailurePolicy.RETRY)
                .openTimeout(Duration.ofHours(1))
                .openRetryInterval(Duration.ofHours(1))
                .openedBy(Fixtures.file(directory)::openOrCreate));
        registry.get("host");
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            looked.countDown();
            end.set(catchThrowable(() -> registry.structure(new ChannelName("host", "late"))));
        });
        try {
            looked.await();
            // Not for a time: as a context that is closed while it starts interrupts it in this state only.
            await().until(() -> waiting.getState() == Thread.State.WAITING);
            try (ZeroIpcTemplate template = new ZeroIpcTemplate(registry)) {
                template.send("host/numbers", 1);
                assertThat(registry.structure(NUMBERS).occupancy().used()).isEqualTo(1);
            }
            assertThat(waiting.getState()).isEqualTo(Thread.State.WAITING);
        } finally {
            waiting.interrupt();
            waiting.join();
        }
        assertThat(end.get()).isInstanceOf(StructureNotFoundException.class);
    }

    @Test
    void getWhenAnotherThreadWaitsForTheSameSegmentOpensItOnce() throws Exception {
        AtomicInteger openings = new AtomicInteger();
        DefaultSegmentRegistry registry = registry(host().startupFailurePolicy(StartupFailurePolicy.RETRY)
                .openTimeout(Duration.ofHours(1))
                .openRetryInterval(Duration.ofMillis(1))
                .openedBy(() -> {
                    Segment opened = Fixtures.file(directory).open();
                    openings.incrementAndGet();
                    return opened;
                }));
        List<Segment> found = new CopyOnWriteArrayList<>();
        List<Thread> waiting = IntStream.range(0, 3)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> found.add(registry.get("host"))))
                .toList();
        peer(Fixtures.file(directory).create());
        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(found).hasSize(3).containsOnly(registry.get("host"));
        assertThat(openings).hasValue(1);
    }

    @Test
    void listenersWhenTheyThrowChangeNothing() {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        List<ChannelName> told = new ArrayList<>();
        registry.addListener(new SegmentRegistryListener() {
            @Override
            public void segmentAdded(String name, Segment segment) {
                throw new AssertionError("of the application");
            }

            @Override
            public void structureAdded(ChannelName channel, Structure structure) {
                told.add(channel);
                throw new IllegalStateException("of the application");
            }
        });
        assertThat(registry.structure(NUMBERS).occupancy().used()).isZero();
        assertThat(told).containsExactly(NUMBERS);
    }

    @Test
    void registerWhenOpenedInCodeTellsListenersAndClosesNothing() {
        DefaultSegmentRegistry registry = registry();
        List<String> changes = new ArrayList<>();
        registry.addListener(new SegmentRegistryListener() {
            @Override
            public void segmentAdded(String name, Segment segment) {
                changes.add("added " + name + " " + segment.name());
            }

            @Override
            public void segmentRemoved(String name, Segment segment) {
                changes.add("removed " + name + " " + segment.name());
            }
        });
        Segment own = peer(Fixtures.file(directory).create());
        registry.register("mine", own);
        registry.register("mine", own);
        Segment other = peer(Segment.at(directory.resolve("other")).size(1 << 16).create());
        assertThatThrownBy(() -> registry.register("mine", other)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("name=mine");
        assertThat(registry.get("mine")).isSameAs(own);
        assertThat(registry.remove("mine")).isTrue();
        assertThat(registry.remove("mine")).isFalse();
        assertThat(changes).containsExactly("added mine host", "removed mine host");
        registry.close();
        assertThat(own.attachment().isReadable()).isTrue();
    }

    @Test
    void closeWhenSegmentWasOpenedInCodeLeavesItOpen() {
        DefaultSegmentRegistry registry = registry();
        Segment own = peer(Fixtures.file(directory).create());
        registry.register("mine", own);
        registry.close();
        assertThat(own.attachment().isReadable()).isTrue();
    }

    @Test
    void channelWhenShortUsesTheOnlySegmentOrTheOneNamed() {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        assertThat(registry.channel("numbers")).isEqualTo(NUMBERS);
        assertThat(registry.channel("host/numbers")).isEqualTo(NUMBERS);
        assertThat(registry.channel("x", "other")).isEqualTo(new ChannelName("other", "x"));
        registry.define(SegmentDefinition.named("second").openedBy(Fixtures.file(directory)::openOrCreate));
        assertThatThrownBy(() -> registry.channel("numbers")).isInstanceOf(UnknownChannelException.class)
                .hasMessageContaining("no primary one among [host, second]");
        DefaultSegmentRegistry primary = new DefaultSegmentRegistry(List.of(), "second");
        resources.add(primary);
        assertThat(primary.channel("numbers")).isEqualTo(new ChannelName("second", "numbers"));
    }

    @Test
    void structureWhenUnknownSaysWhatThereIs() {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        assertThatThrownBy(() -> registry.structure(new ChannelName("host", "NUMBER")))
                .isInstanceOfSatisfying(UnknownChannelException.class,
                        e -> assertThat(e.nearMatches()).containsExactly("host/numbers"))
                .hasMessage("channel is unknown: channel=host/NUMBER (expected: did you mean host/numbers)");
        assertThatThrownBy(() -> registry.structure(new ChannelName("nowhere", "at-all")))
                .isInstanceOf(UnknownChannelException.class)
                .hasMessage("channel is unknown: channel=nowhere/at-all (expected: one of host/numbers)");
        assertThatThrownBy(() -> registry.get("hots")).isInstanceOf(UnknownChannelException.class)
                .hasMessage("segment is unknown: channel=hots (expected: did you mean host)");
    }

    @Test
    void defineWhenSegmentIsOpenIsRefused() {
        DefaultSegmentRegistry registry = registry(host().openedBy(Fixtures.file(directory)::openOrCreate));
        registry.get("host");
        assertThatThrownBy(() -> registry.define(host().openedBy(Fixtures.file(directory)::openOrCreate)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("name=host");
    }

    private static SegmentDefinition.Builder host() {
        return Fixtures.host(Fixtures.queue("numbers", Codecs.int32()));
    }

    private DefaultSegmentRegistry registry(SegmentDefinition... definitions) {
        DefaultSegmentRegistry registry = new DefaultSegmentRegistry(List.of(definitions), null);
        resources.add(registry);
        return registry;
    }

    /** A segment as another process holds it, with a queue in it. */
    private Segment peer(Segment segment) {
        synchronized (resources) {
            resources.add(segment);
        }
        SharedQueue.create(segment, "numbers", Codecs.int32(), 64);
        return segment;
    }
}
