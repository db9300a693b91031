package io.zeroipc.spring.listener;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistryListener;
import io.zeroipc.spring.core.StartupFailurePolicy;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;
import io.zeroipc.spring.event.ChannelListenerStartedEvent;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Listeners whose segment another process replaces, removes, or has yet to create. */
class ReplacedSegmentTests {

    @TempDir
    Path directory;

    /** Segments that the tests hold as another process would. */
    private final List<Segment> peers = new ArrayList<>();

    @AfterEach
    void close() {
        peers.forEach(Segment::close);
        Numbers.RECEIVED.clear();
    }

    /** As an application declares what another process creates. */
    private SegmentDefinition opened(OnReplaced onReplaced, StartupFailurePolicy policy) {
        return Fixtures.host(new StructureDefinition("in", "in", StructureMode.OPEN,
                SharedQueue.spec(Codecs.int32(), 0), Codecs.int32()))
                .onReplaced(onReplaced)
                .startupFailurePolicy(policy)
                .openedBy(Fixtures.file(directory)::open);
    }

    private SharedQueue<Integer> peerCreates() {
        return peerBuilds(Fixtures.file(directory).create());
    }

    /** What a C++ program does when it restarts: the name stays, the file is another one. */
    private SharedQueue<Integer> peerReplaces() {
        return peerBuilds(Fixtures.file(directory).recreate());
    }

    private SharedQueue<Integer> peerBuilds(Segment segment) {
        peers.add(segment);
        return SharedQueue.create(segment, "in", Codecs.int32(), 64);
    }

    @Test
    void listenerWhenFileIsReplacedGoesOnWithTheNewOne() {
        peerCreates().offer(1);
        List<String> changes = new CopyOnWriteArrayList<>();
        try (TestContext context = TestContexts.open(opened(OnReplaced.REATTACH, StartupFailurePolicy.STOP),
                Numbers.class)) {
            context.segments().addListener(new SegmentRegistryListener() {
                @Override
                public void segmentAdded(String name, Segment segment) {
                    changes.add("added " + name);
                }

                @Override
                public void segmentRemoved(String name, Segment segment) {
                    changes.add("removed " + name);
                }
            });
            await().untilAsserted(() -> assertThat(Numbers.RECEIVED).containsExactly(1));
            SharedQueue<Integer> injected = Fixtures.queueOf(context.segments(), "host/in");
            for (int restart = 2; restart <= 5; restart++) {
                peerReplaces().offer(restart);
                int expected = restart;
                await().untilAsserted(() -> assertThat(Numbers.RECEIVED).hasSize(expected).contains(expected));
            }
            assertThat(changes).containsExactlyElementsOf(Collections.nCopies(4, List.of("removed host", "added host"))
                    .stream()
                    .flatMap(List::stream)
                    .toList());
            assertThatThrownBy(() -> injected.offer(0)).isInstanceOf(SegmentDetachedException.class);
            ChannelListenerContainer container = context.container("numbers");
            assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
            assertThat(container.getStatistics().firstEntry().getValue().succeeded()).isEqualTo(5);
        }
    }

    @Test
    void listenerWhenFileIsReplacedAndItMayNotReattachFails() {
        peerCreates();
        try (TestContext context = TestContexts.open(opened(OnReplaced.FAIL, StartupFailurePolicy.STOP),
                Numbers.class)) {
            ChannelListenerContainer container = context.container("numbers");
            assertThat(container.isInExpectedState()).isTrue();
            peerReplaces();
            await().until(() -> container.getState() == ContainerState.FAILED && !container.isRunning());
            assertThat(container.isInExpectedState()).isFalse();
            assertThat(container.getLastError()).isNotNull();
            assertThat(container.getLastError().type()).isEqualTo(SegmentDetachedException.class.getName());
            await().untilAsserted(() -> assertThat(context.events()).last()
                    .isInstanceOfSatisfying(ChannelListenerStoppedEvent.class, event -> {
                        assertThat(event.getReason()).isEqualTo(Reason.ERROR);
                        assertThat(event.getCause()).isInstanceOf(SegmentDetachedException.class);
                    }));
            assertThatThrownBy(container::start).isInstanceOf(SegmentDetachedException.class);
            assertThat(container.getState()).isEqualTo(ContainerState.FAILED);
        }
    }

    @Test
    void listenerWhenFileIsRemovedWaitsForTheNextOne() throws Exception {
        peerCreates();
        try (TestContext context = TestContexts.open(opened(OnReplaced.REATTACH, StartupFailurePolicy.STOP),
                Numbers.class)) {
            ChannelListenerContainer container = context.container("numbers");
            Files.delete(directory.resolve("host.zipc"));
            await().until(() -> container.getState() == ContainerState.STARTING);
            assertThat(container.getConsumers().getFirst().attached()).isFalse();
            assertThat(container.isInExpectedState()).isTrue();
            peerCreates().offer(7);
            await().untilAsserted(() -> assertThat(Numbers.RECEIVED).containsExactly(7));
            assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
        }
    }

    @Test
    void stopWhenListenerWaitsForTheNextFileEndsIt() throws Exception {
        peerCreates();
        try (TestContext context = TestContexts.open(opened(OnReplaced.REATTACH, StartupFailurePolicy.STOP),
                Numbers.class)) {
            ChannelListenerContainer container = context.container("numbers");
            Files.delete(directory.resolve("host.zipc"));
            await().until(() -> container.getState() == ContainerState.STARTING);
            container.stop();
            assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
            assertThat(container.isInExpectedState()).isTrue();
        }
    }

    @Test
    void startWhenSegmentIsMissingFails() {
        assertThatThrownBy(() -> TestContexts.open(opened(OnReplaced.FAIL, StartupFailurePolicy.STOP), Numbers.class))
                .hasRootCauseInstanceOf(SegmentNotFoundException.class);
    }

    @Test
    void startWhenSegmentMayComeLaterWaitsForItAndForItsStructure() {
        try (TestContext context = TestContexts.open(opened(OnReplaced.FAIL, StartupFailurePolicy.CONTINUE),
                Numbers.class)) {
            ChannelListenerContainer container = context.container("numbers");
            assertThat(container.getState()).isEqualTo(ContainerState.STARTING);
            assertThat(container.isRunning()).isTrue();
            assertThat(container.isInExpectedState()).isTrue();
            assertThat(context.events()).isEmpty();
            Segment segment = Fixtures.file(directory).create();
            peers.add(segment);
            await().until(() -> context.segments().find("host").isPresent());
            assertThat(container.getState()).isEqualTo(ContainerState.STARTING);
            SharedQueue.create(segment, "in", Codecs.int32(), 64).offer(3);
            await().untilAsserted(() -> assertThat(Numbers.RECEIVED).containsExactly(3));
            assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
            await().untilAsserted(() -> assertThat(context.events()).singleElement()
                    .isInstanceOf(ChannelListenerStartedEvent.class));
        }
    }

    @Test
    void pauseWhenListenerWaitsForItsSegmentIsKept() {
        try (TestContext context = TestContexts.open(opened(OnReplaced.FAIL, StartupFailurePolicy.CONTINUE),
                Numbers.class)) {
            ChannelListenerContainer container = context.container("numbers");
            container.pause();
            await().until(container::isPaused);
            SharedQueue<Integer> queue = peerCreates();
            queue.offer(1);
            container.resume();
            await().untilAsserted(() -> assertThat(Numbers.RECEIVED).containsExactly(1));
        }
    }

    @Test
    void contextWhenListenerWaitsForItsSegmentCloses() {
        TestContext context = TestContexts.open(opened(OnReplaced.FAIL, StartupFailurePolicy.CONTINUE), Numbers.class);
        ChannelListenerContainer container = context.container("numbers");
        context.close();
        assertThat(container.isRunning()).isFalse();
    }

    @Test
    void contextWhenPausedAndRestartedStartsWhatWasRunning() {
        peerCreates();
        try (TestContext context = TestContexts.open(opened(OnReplaced.FAIL, StartupFailurePolicy.STOP), Numbers.class,
                Manual.class)) {
            ChannelListenerContainer automatic = context.container("numbers");
            ChannelListenerContainer manual = context.container("manual");
            assertThat(automatic.isRunning()).isTrue();
            assertThat(manual.isRunning()).isFalse();
            assertThat(manual.getState()).isEqualTo(ContainerState.CREATED);
            context.pause();
            assertThat(automatic.isRunning()).isFalse();
            context.restart();
            assertThat(automatic.isRunning()).isTrue();
            assertThat(manual.isRunning()).isFalse();
        }
    }

    @Test
    void contextWhenClosedEndsThreadsAndSegments() {
        SharedQueue<Integer> queue = peerCreates();
        TestContext context = TestContexts.open(opened(OnReplaced.FAIL, StartupFailurePolicy.STOP), Map.of(),
                Numbers.class);
        Segment segment = context.segments().get("host");
        context.close();
        assertThat(segment.attachment().isReadable()).isFalse();
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("numbers-0");
        queue.offer(1);
        assertThat(queue.size()).isEqualTo(1);
    }

    static class Numbers {

        static final List<Integer> RECEIVED = new CopyOnWriteArrayList<>();

        @ChannelListener(id = "numbers", channels = "host/in")
        void on(int number) {
            RECEIVED.add(number);
        }
    }

    static class Manual {

        @ChannelListener(id = "manual", channels = "host/in", autoStartup = "false")
        void on(int number) {
            throw new IllegalStateException("never started");
        }
    }
}
