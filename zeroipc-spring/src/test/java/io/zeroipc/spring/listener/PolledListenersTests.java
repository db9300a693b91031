package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.retry.RetryPolicy;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Pollers;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.event.ChannelListenerEvent;
import io.zeroipc.spring.event.ChannelListenerIdleEvent;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Listeners whose channels a group of few threads waits for: their calls run in virtual threads, or in an executor. */
class PolledListenersTests {

    private static final ChannelName IN = new ChannelName("host", "in");
    private static final ChannelName OTHER = new ChannelName("host", "other");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();

    private final Pollers pollers = new Pollers(2, "test-pollers");
    private final List<Integer> received = new CopyOnWriteArrayList<>();
    private final List<ChannelListenerEvent> events = new CopyOnWriteArrayList<>();
    private final CountDownLatch proceed = new CountDownLatch(1);
    private @Nullable ExecutorService executor;

    @AfterEach
    void end() {
        proceed.countDown();
        listeners.containers.forEach(ChannelListenerContainer::stop);
        if (executor != null) {
            executor.close();
        }
    }

    private ListenerSettings settings(boolean lent) {
        ListenerSettings settings = new ListenerSettings().setPollers(pollers);
        if (lent && executor == null) {
            executor = Executors.newFixedThreadPool(2, Thread.ofPlatform().name("lent").factory());
        }
        return executor == null ? settings : settings.setExecutor(executor);
    }

    private void define(StructureDefinition... structures) {
        listeners.segments.define(Fixtures.host(structures).openedBy(Fixtures.file(directory)::openOrCreate));
    }

    private void defineBoth() {
        define(Fixtures.queue(IN.structure(), Codecs.int32()), Fixtures.queue(OTHER.structure(), Codecs.int32()));
    }

    private ChannelListenerContainer container(String id, List<ChannelName> channels, ListenerSettings settings,
            ElementListener listener) {
        ChannelListenerContainer container = new ChannelListenerContainer(id, channels, listener, settings,
                listeners.segments);
        container.setApplicationEventPublisher(event -> events.add((ChannelListenerEvent) event));
        listeners.containers.add(container);
        return container;
    }

    private ChannelListenerContainer listener(ListenerSettings settings, Consumer<Integer> listener) {
        return container("test", List.of(IN), settings, FunctionElementListener.of(Integer.class, listener));
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long pollerThreads() {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().startsWith("test-pollers") && !thread.isDaemon())
                .count();
    }

    /** Both are at rest, and wait to be woken, before anything comes. */
    private void withAThousand(boolean lent, BiConsumer<List<ChannelName>, Map<String, List<Integer>>> test) {
        List<ChannelName> channels = IntStream.range(0, 1_000).mapToObj(i -> new ChannelName("host", "c" + i)).toList();
        listeners.segments.define(Fixtures
                .host(channels.stream()
                        .map(channel -> Fixtures.queue(channel.structure(), Codecs.int32(), 8))
                        .toArray(StructureDefinition[]::new))
                .openedBy(Segment.at(directory.resolve("host.zipc"))
                        .label("host")
                        .maxEntries(1_100)
                        .size(1 << 21)::openOrCreate));
        Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
        for (int i = 0; i < 1_000; i += 100) {
            List<ChannelName> some = channels.subList(i, i + 100);
            some.forEach(channel -> seen.put(channel.structure(), new CopyOnWriteArrayList<>()));
            for (ChannelName channel : some) {
                container(channel.structure(), List.of(channel), settings(lent),
                        FunctionElementListener.of(Integer.class, value -> seen.get(channel.structure()).add(value)))
                        .start();
            }
        }
        assertThat(pollerThreads()).isGreaterThan(0).isLessThan(10);
        test.accept(channels, seen);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("slow")
    void elementsWhenAThousandChannelsShareFewThreadsComeInOrder(boolean lent) {
        withAThousand(lent, (channels, seen) -> {
            try (PinnedThreads pinned = new PinnedThreads()) {
                for (int turn = 1; turn <= 3; turn++) {
                    for (int i = 0; i < 5; i++) {
                        int value = 5 * turn + i;
                        channels.forEach(channel -> listeners.template.send(channel.toString(), value));
                    }
                    int expected = 5 * turn;
                    await().atMost(PATIENCE)
                            .until(() -> seen.values().stream().allMatch(values -> values.size() == expected));
                    await().pollDelay(Duration.ofMillis(50)).until(() -> true);
                    if (turn == 1) {
                        pinned.forget();
                    }
                }
                listeners.containers.forEach(container -> assertThat(container.getState())
                        .isEqualTo(ContainerState.RUNNING));
                listeners.containers.forEach(ChannelListenerContainer::stop);
                assertThat(pinned.stop()).isEmpty();
            }
            assertThat(seen.values()).allSatisfy(values -> assertThat(values)
                    .containsExactlyElementsOf(IntStream.range(5, 20).boxed().toList()));
        });
        await().until(() -> pollerThreads() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void elementsWhenAnotherListenerIsSlowComeAllTheSame(boolean lent) {
        defineBoth();
        CountDownLatch entered = new CountDownLatch(1);
        listener(settings(lent), _ -> {
            entered.countDown();
            hold(proceed);
        }).start();
        ChannelListenerContainer other = container("other", List.of(OTHER), settings(lent),
                FunctionElementListener.of(Integer.class, received::add));
        other.start();
        listeners.template.send("host/in", 0);
        hold(entered);
        for (int value = 0; value < 20; value++) {
            listeners.template.send("host/other", value);
            int expected = value + 1;
            await().until(() -> received.size() == expected);
        }
        assertThat(received).isSorted();
        assertThat(other.getConsumers()).singleElement()
                .satisfies(report -> assertThat(report.processed()).isEqualTo(20));
    }

    /** A retry waits in the thread of its call. */
    @Test
    void elementsWhenAnotherListenerIsTriedAgainComeAllTheSame() {
        defineBoth();
        ListenerSettings patient = settings(false);
        patient.failures().setRetryPolicy(RetryPolicy.builder().maxRetries(1).delay(Duration.ofHours(1)).build());
        CountDownLatch failed = new CountDownLatch(1);
        listener(patient, _ -> {
            failed.countDown();
            throw new IllegalStateException("not now");
        }).start();
        container("other", List.of(OTHER), settings(false), FunctionElementListener.of(Integer.class, received::add))
                .start();
        listeners.template.send("host/in", 0);
        hold(failed);
        listeners.template.send("host/other", 1);
        await().until(() -> received.equals(List.of(1)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopWhenNothingArrivesEndsTheThreads(boolean lent) {
        defineBoth();
        ChannelListenerContainer container = listener(settings(lent).setConcurrency(3), received::add);
        assertThat(pollerThreads()).isZero();
        container.start();
        assertThat(container.isVirtual()).as("the group keeps the process alive").isFalse();
        assertThat(pollerThreads()).isEqualTo(2);
        listeners.template.send("host/in", 1);
        await().until(() -> received.size() == 1);
        container.stop();
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isRunning()).isFalse();
        await().until(() -> pollerThreads() == 0);
        container.start();
        listeners.template.send("host/in", 2);
        await().until(() -> received.size() == 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopWhenACallLastsWaitsForIt(boolean lent) throws InterruptedException {
        defineBoth();
        CountDownLatch entered = new CountDownLatch(1);
        ChannelListenerContainer container = listener(settings(lent), value -> {
            entered.countDown();
            hold(proceed);
            received.add(value);
        });
        container.start();
        listeners.template.send("host/in", 1);
        listeners.template.send("host/in", 2);
        hold(entered);
        CountDownLatch stopped = new CountDownLatch(1);
        container.stop(stopped::countDown);
        await().until(() -> container.getState() == ContainerState.STOPPING);
        assertThat(stopped.getCount()).isEqualTo(1);
        proceed.countDown();
        stopped.await();
        assertThat(received).containsExactly(1);
        assertThat(container.isInExpectedState()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopWhenACallLastsTooLongInterruptsIt(boolean lent) {
        defineBoth();
        AtomicReference<Thread> used = new AtomicReference<>();
        CountDownLatch interrupted = new CountDownLatch(1);
        ChannelListenerContainer container = listener(settings(lent).setShutdownTimeout(Duration.ZERO), _ -> {
            used.set(Thread.currentThread());
            hold(new CountDownLatch(1));
            interrupted.countDown();
        });
        container.start();
        listeners.template.send("host/in", 1);
        await().until(() -> used.get() != null);
        assertThat(used.get().isVirtual()).isEqualTo(!lent);
        if (lent) {
            assertThat(container.getConsumers()).singleElement()
                    .satisfies(report -> assertThat(report.thread()).isEqualTo("lent"));
        }
        container.stop();
        hold(interrupted);
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isInExpectedState()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stopWhenTheListenerAsksForItWaitsForNothing(boolean lent) {
        defineBoth();
        AtomicReference<ChannelListenerContainer> own = new AtomicReference<>();
        ChannelListenerContainer container = listener(settings(lent), value -> {
            own.get().stop();
            received.add(value);
        });
        own.set(container);
        container.start();
        listeners.template.send("host/in", 1);
        await().until(() -> !container.isRunning());
        assertThat(received).containsExactly(1);
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
    }

    /** A call that waits for a thread of the executor is not waited for, and its element stays. */
    @Test
    void stopAndPauseWhenTheExecutorHasNoThreadDoNotWaitForOne() {
        defineBoth();
        executor = Executors.newSingleThreadExecutor();
        CountDownLatch entered = new CountDownLatch(1);
        listener(settings(true), _ -> {
            entered.countDown();
            hold(proceed);
        }).start();
        listeners.template.send("host/in", 0);
        hold(entered);
        ChannelListenerContainer other = container("other", List.of(OTHER), settings(true),
                FunctionElementListener.of(Integer.class, received::add));
        other.start();
        assertThat(other.getState()).isEqualTo(ContainerState.RUNNING);
        listeners.template.send("host/other", 1);
        other.pause();
        await().until(other::isPaused);
        other.resume();
        other.stop();
        assertThat(other.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(listeners.segments.structure(OTHER).occupancy().used()).isEqualTo(1);
        other.start();
        proceed.countDown();
        await().until(() -> received.equals(List.of(1)));
    }

    @Test
    void executorWhenItRefusesIsAskedAgain() {
        defineBoth();
        AtomicInteger asked = new AtomicInteger();
        ListenerSettings settings = new ListenerSettings().setPollers(pollers).setExecutor(task -> {
            if (asked.incrementAndGet() == 1) {
                throw new RejectedExecutionException("no more");
            }
            task.run();
        });
        listener(settings, received::add).start();
        listeners.template.send("host/in", 1);
        await().until(() -> received.equals(List.of(1)));
        assertThat(asked.get()).isGreaterThan(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pauseWhenNothingArrivesTakesNothingUntilTheResume(boolean lent) {
        defineBoth();
        ChannelListenerContainer container = listener(settings(lent).setConcurrency(2), received::add);
        container.start();
        container.pause();
        await().until(container::isPaused);
        listeners.template.send("host/in", 1);
        assertThat(received).isEmpty();
        container.resume();
        await().until(() -> received.equals(List.of(1)));
        assertThat(container.isPaused()).isFalse();
    }

    @Test
    void batchesWhenTheyWaitToBeFilledAreCompleted() {
        defineBoth();
        List<List<Object>> batches = new CopyOnWriteArrayList<>();
        ListenerSettings settings = settings(true).setMaxBatchSize(3).setBatchReceiveTimeout(Duration.ofHours(1));
        container("test", List.of(IN), settings,
                FunctionElementListener.ofBatch(Integer.class, batch -> batches.add(List.copyOf(batch)))).start();
        for (int value = 1; value <= 3; value++) {
            listeners.template.send("host/in", value);
            await().pollDelay(Duration.ofMillis(10)).until(() -> true);
        }
        await().until(() -> batches.equals(List.of(List.of(1, 2, 3))));
    }

    @Test
    void idleEventsWhenNothingArrivesAreTold() {
        defineBoth();
        listener(settings(false).setIdleEventInterval(Duration.ofMillis(20)), received::add).start();
        await().until(() -> events.stream().filter(ChannelListenerIdleEvent.class::isInstance).count() >= 2);
    }

    @Test
    void listenerWhenItsWaitStrategyIsAnotherOneWaitsForItself() {
        defineBoth();
        AtomicReference<Thread> used = new AtomicReference<>();
        ChannelListenerContainer container = listener(
                settings(false).setWaitStrategy(ListenerWaitStrategy.ofName("backoff")),
                _ -> used.set(Thread.currentThread()));
        container.start();
        listeners.template.send("host/in", 1);
        await().until(() -> used.get() != null);
        assertThat(used.get().isVirtual()).isFalse();
        assertThat(pollerThreads()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void listenerWhenItsSegmentIsClosedEnds(boolean lent) {
        defineBoth();
        ChannelListenerContainer container = listener(settings(lent), received::add);
        container.start();
        listeners.template.send("host/in", 1);
        await().until(() -> received.size() == 1);
        listeners.segments.close();
        await().until(() -> !container.isRunning());
        assertThat(events).last().isInstanceOf(ChannelListenerStoppedEvent.class);
        await().until(() -> pollerThreads() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void listenerWhenItsFileIsReplacedGoesOnWithTheNewOne(boolean lent) {
        listeners.segments.define(Fixtures.host(Fixtures.queue(IN.structure(), Codecs.int32()))
                .onReplaced(OnReplaced.REATTACH)
                .openedBy(Fixtures.file(directory)::openOrCreate));
        ChannelListenerContainer container = listener(settings(lent), received::add);
        container.start();
        listeners.template.send("host/in", 1);
        await().until(() -> received.size() == 1);
        for (int restart = 2; restart <= 4; restart++) {
            int value = restart;
            try (Segment replaced = Fixtures.file(directory).recreate()) {
                SharedQueue.create(replaced, IN.structure(), Codecs.int32(), 64).offer(value);
                await().atMost(PATIENCE).until(() -> received.contains(value));
            }
        }
        assertThat(received).containsExactly(1, 2, 3, 4);
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    @Tag("process")
    void listenerWhenASenderIsKilledInTheMiddleGoesOnBehindIt() throws Exception {
        defineBoth();
        ChannelListenerContainer container = listener(settings(false), received::add);
        container.start();
        try (PeerProcess peer = PeerProcess.of(PolledSenderVictim.class).withArguments(directory).start()) {
            peer.await("claimed");
            await().until(() -> received.equals(List.of(1)));
            listeners.template.send("host/in", 2);
            peer.kill();
        }
        await().atMost(PATIENCE).until(() -> received.equals(List.of(1, 2)));
    }
}
