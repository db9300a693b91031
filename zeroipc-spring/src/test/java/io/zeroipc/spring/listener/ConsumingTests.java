package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.event.ChannelListenerEvent;
import io.zeroipc.spring.event.ChannelListenerIdleEvent;
import io.zeroipc.spring.event.ChannelListenerNoLongerIdleEvent;
import io.zeroipc.spring.event.ChannelListenerStartedEvent;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** How consumers wait, whose threads they run in, and how they end. */
class ConsumingTests {

    /** Longer than any test: what ends after it has not waited for it. */
    private static final Duration FOR_EVER = Duration.ofDays(1);

    @TempDir
    Path directory;

    private final ListenerSettings settings = new ListenerSettings();
    private final List<List<Integer>> batches = new CopyOnWriteArrayList<>();
    private final List<Integer> received = new CopyOnWriteArrayList<>();
    private final List<ChannelListenerEvent> events = new CopyOnWriteArrayList<>();
    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();
    private final DefaultSegmentRegistry segments = listeners.segments;
    private final ZeroIpcTemplate template = listeners.template;
    private final List<ChannelListenerContainer> containers = listeners.containers;

    @BeforeEach
    void openSegment() {
        segments.define(Fixtures
                .host(Fixtures.queue("in", Codecs.int32(), 1024),
                        new StructureDefinition("later", "later", StructureMode.OPEN,
                                SharedQueue.spec(Codecs.int32(), 8), Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate));
    }

    @Test
    void batchWhenItMayWaitIsDeliveredWhenFull() {
        settings.setMaxBatchSize(3).setBatchReceiveTimeout(FOR_EVER);
        batchListener().start();
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().until(() -> depth() == 0);
        assertThat(batches).isEmpty();
        template.send("host/in", 3);
        template.send("host/in", 4);
        await().untilAsserted(() -> assertThat(batches).containsExactly(List.of(1, 2, 3)));
    }

    @Test
    void batchWhenItsTimeIsOverIsDeliveredAsItIs() {
        settings.setMaxBatchSize(100).setBatchReceiveTimeout(Duration.ofMillis(50));
        batchListener().start();
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(batches).containsExactly(List.of(1)));
    }

    @Test
    void batchWhenItWaitsAndIsStoppedIsDelivered() {
        settings.setMaxBatchSize(100).setBatchReceiveTimeout(FOR_EVER);
        ChannelListenerContainer container = batchListener();
        container.start();
        template.send("host/in", 1);
        await().until(() -> depth() == 0);
        container.stop();
        assertThat(batches).containsExactly(List.of(1));
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isInExpectedState()).isTrue();
    }

    @Test
    void batchWhenItWaitsAndIsPausedIsDeliveredAndNothingMoreIsTaken() {
        settings.setMaxBatchSize(100).setBatchReceiveTimeout(FOR_EVER);
        ChannelListenerContainer container = batchListener();
        container.start();
        template.send("host/in", 1);
        await().until(() -> depth() == 0);
        container.pause();
        await().until(container::isPaused);
        assertThat(batches).containsExactly(List.of(1));
        template.send("host/in", 2);
        assertThat(depth()).isEqualTo(1);
    }

    @Test
    void filterWhenElementsAreNotWantedRemovesAndCountsThem() {
        List<ListenerExecutionFailedException> failures = new CopyOnWriteArrayList<>();
        settings.setErrorHandler(failure -> {
            failures.add(failure);
            return null;
        }).setFilter(element -> {
            if (element.equals(0)) {
                throw new IllegalStateException("no zero");
            }
            return (int) element > 10;
        });
        ChannelListenerContainer container = listener(received::add);
        container.start();
        List.of(1, 11, 0, 2, 12).forEach(value -> template.send("host/in", value));
        await().untilAsserted(() -> assertThat(received).containsExactly(11, 12));
        ChannelStatistics statistics = container.getStatistics().get(new ChannelName("host", "in"));
        assertThat(statistics.filtered()).isEqualTo(2);
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure).hasMessageContaining("filter failed").hasMessageContaining("no zero");
            assertThat(failure.elementMessage().getPayload()).isEqualTo(0);
        });
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void filterWhenListenerTakesBatchesLeavesTheRest() {
        settings.setFilter(element -> (int) element > 10);
        ChannelListenerContainer container = batchListener();
        List.of(1, 11, 2, 12, 3).forEach(value -> template.send("host/in", value));
        container.start();
        await().untilAsserted(() -> assertThat(batches).containsExactly(List.of(11, 12)));
        assertThat(depth()).isZero();
    }

    @Test
    void idleWhenNothingArrivesIsPublishedAgainAndEndsWithTheFirstElement() {
        settings.setIdleEventInterval(Duration.ofMillis(10));
        ChannelListenerContainer container = listener(received::add);
        container.start();
        await().until(() -> count(ChannelListenerIdleEvent.class) >= 2);
        // The thread may be idle before the one that started it has said so.
        assertThat(List.copyOf(events)).hasAtLeastOneElementOfType(ChannelListenerIdleEvent.class)
                .filteredOn(ChannelListenerIdleEvent.class::isInstance)
                .first()
                .isInstanceOfSatisfying(ChannelListenerIdleEvent.class, event -> {
                    assertThat(event.getListenerId()).isEqualTo("test");
                    assertThat(event.getSource()).isSameAs(container);
                    assertThat(event.getIdleTime()).isGreaterThanOrEqualTo(Duration.ofMillis(10));
                });
        template.send("host/in", 1);
        await().until(() -> count(ChannelListenerNoLongerIdleEvent.class) == 1);
        await().until(() -> events.getLast() instanceof ChannelListenerIdleEvent);
        container.stop();
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
    }

    @Test
    void idleWhenPausedIsNotPublished() {
        settings.setIdleEventInterval(Duration.ofMillis(1));
        ChannelListenerContainer container = listener(received::add);
        container.pause();
        container.start();
        await().until(container::isPaused);
        template.send("host/in", 1);
        await().pollDelay(Duration.ofMillis(50)).until(container::isPaused);
        assertThat(count(ChannelListenerIdleEvent.class)).isZero();
        container.resume();
        await().until(() -> count(ChannelListenerIdleEvent.class) > 0);
        assertThat(count(ChannelListenerNoLongerIdleEvent.class)).isZero();
    }

    @Test
    void idleWhenNoIntervalIsSetIsNeverPublished() {
        listener(received::add).start();
        template.send("host/in", 1);
        await().until(() -> received.size() == 1);
        await().untilAsserted(() -> assertThat(events).singleElement().isInstanceOf(ChannelListenerStartedEvent.class));
    }

    @Test
    void stopWhenItDrainsLeavesNothingBehind() {
        settings.setDrainOnStop(true);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        ChannelListenerContainer container = listener(value -> {
            entered.countDown();
            Latches.await(proceed);
            received.add(value);
        });
        container.start();
        List.of(1, 2, 3, 4).forEach(value -> template.send("host/in", value));
        Latches.await(entered);
        CountDownLatch stopped = new CountDownLatch(1);
        container.stop(stopped::countDown);
        await().until(() -> container.getState() == ContainerState.STOPPING);
        proceed.countDown();
        Latches.await(stopped);
        assertThat(received).containsExactly(1, 2, 3, 4);
        assertThat(container.isInExpectedState()).isTrue();
    }

    @Test
    void stopWhenItDrainsIsBoundedByTheShutdownTimeout() throws Exception {
        settings.setDrainOnStop(true).setShutdownTimeout(Duration.ofMillis(30));
        AtomicBoolean sending = new AtomicBoolean(true);
        ChannelListenerContainer container = listener(received::add);
        container.start();
        Thread sender = Thread.ofPlatform().start(() -> {
            for (int value = 0; sending.get(); value++) {
                template.trySend("host/in", value);
            }
        });
        try {
            await().until(() -> !received.isEmpty());
            container.stop();
            assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
            assertThat(container.isInExpectedState()).isTrue();
            await().until(() -> depth() > 0);
        } finally {
            sending.set(false);
            sender.join();
        }
    }

    @Test
    void stopWhenPausedDoesNotDrain() {
        settings.setDrainOnStop(true);
        ChannelListenerContainer container = listener(received::add);
        container.start();
        container.pause();
        await().until(container::isPaused);
        template.send("host/in", 1);
        container.stop();
        assertThat(depth()).isEqualTo(1);
        assertThat(received).isEmpty();
    }

    @Test
    void executorWhenSetLendsItsThreadsUntilTheStop() {
        AtomicReference<Thread> used = new AtomicReference<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(2, Thread.ofPlatform().name("lent").factory())) {
            settings.setExecutor(executor).setConcurrency(2).setShutdownTimeout(Duration.ZERO);
            ChannelListenerContainer container = listener(value -> {
                used.set(Thread.currentThread());
                awaitForEver();
            });
            container.start();
            template.send("host/in", 1);
            await().until(() -> used.get() != null);
            assertThat(used.get().getName()).isEqualTo("lent");
            await().untilAsserted(() -> assertThat(container.getConsumers()).extracting(ConsumerReport::thread)
                    .containsExactly("lent", "lent"));
            container.stop();
            assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
            // The stop has interrupted the thread; whoever has it next knows nothing of that.
            assertThat(List.of(isInterrupted(executor), isInterrupted(executor))).containsOnly(false);
        }
    }

    @Test
    void executorWhenItHasTooFewThreadsKeepsTheListenerStartingAndStopsAllTheSame() {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            settings.setExecutor(executor).setConcurrency(2);
            ChannelListenerContainer container = listener(received::add);
            container.start();
            template.send("host/in", 1);
            await().until(() -> received.size() == 1);
            assertThat(container.getState()).isEqualTo(ContainerState.STARTING);
            container.stop();
            assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
            assertThat(container.isRunning()).isFalse();
        }
    }

    @Test
    void executorWhenItRefusesIsAFailure() {
        settings.setExecutor(_ -> {
            throw new RejectedExecutionException("no more");
        });
        ChannelListenerContainer container = listener(received::add);
        container.start();
        assertThat(container.getState()).isEqualTo(ContainerState.FAILED);
        assertThat(container.isInExpectedState()).isFalse();
        assertThat(container.getLastError().type()).isEqualTo(RejectedExecutionException.class.getName());
    }

    @Test
    void structureWhenMissingIsAFailureOrWaitedFor() {
        ChannelName later = new ChannelName("host", "later");
        segments.get("host");
        ChannelListenerContainer container = new ChannelListenerContainer("test", List.of(later),
                FunctionElementListener.of(Integer.class, received::add), settings, segments);
        containers.add(container);
        assertThatThrownBy(container::start).isInstanceOf(StructureNotFoundException.class);
        assertThat(container.getState()).isEqualTo(ContainerState.FAILED);

        settings.setMissingStructureFatal(false);
        container.start();
        assertThat(container.getState()).isEqualTo(ContainerState.STARTING);
        assertThat(container.isInExpectedState()).isTrue();
        SharedQueue<Integer> queue = SharedQueue.create(segments.get("host"), "later", Codecs.int32(), 8);
        queue.offer(5);
        await().untilAsserted(() -> assertThat(received).containsExactly(5));
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    private static boolean isInterrupted(ExecutorService executor) {
        try {
            return executor.submit(() -> Thread.currentThread().isInterrupted()).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private ChannelListenerContainer listener(Consumer<Integer> listener) {
        return container(FunctionElementListener.of(Integer.class, listener));
    }

    private ChannelListenerContainer batchListener() {
        return container(FunctionElementListener.ofBatch(Integer.class, batch -> batches.add(List.copyOf(batch))));
    }

    private ChannelListenerContainer container(ElementListener listener) {
        ChannelListenerContainer container = new ChannelListenerContainer("test",
                List.of(new ChannelName("host", "in")), listener, settings, segments);
        container.setApplicationEventPublisher(event -> events.add((ChannelListenerEvent) event));
        containers.add(container);
        return container;
    }

    private long depth() {
        return segments.structure(new ChannelName("host", "in")).occupancy().used();
    }

    private long count(Class<?> type) {
        synchronized (events) {
            return events.stream().filter(type::isInstance).count();
        }
    }

    private static void awaitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
