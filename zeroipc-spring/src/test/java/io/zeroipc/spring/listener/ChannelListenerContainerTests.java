package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.event.ChannelListenerEvent;
import io.zeroipc.spring.event.ChannelListenerPausedEvent;
import io.zeroipc.spring.event.ChannelListenerResumedEvent;
import io.zeroipc.spring.event.ChannelListenerStartedEvent;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent.Reason;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The life of a container: start, stop, pause, resume, and what happens when its listener does not behave. */
class ChannelListenerContainerTests {

    private static final ChannelName IN = new ChannelName("host", "in");

    @TempDir
    Path directory;

    private final List<ChannelListenerEvent> events = new CopyOnWriteArrayList<>();
    private final List<Integer> received = new CopyOnWriteArrayList<>();
    private final ListenerSettings settings = new ListenerSettings();
    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();
    private final DefaultSegmentRegistry segments = listeners.segments;
    private final ZeroIpcTemplate template = listeners.template;
    private final List<ChannelListenerContainer> containers = listeners.containers;

    @BeforeEach
    void openSegment() {
        segments.define(Fixtures
                .host(Fixtures.queue("in", Codecs.int32(), 1024), Fixtures.queue("more", Codecs.int32()),
                        Fixtures.queue("moods", Codecs.record(Mood.class)))
                .openedBy(Fixtures.file(directory)::openOrCreate));
    }

    @Test
    void startWhenChannelIsThereRunsAndPublishes() {
        ChannelListenerContainer container = container(received::add);
        assertThat(container.getState()).isEqualTo(ContainerState.CREATED);
        assertThat(container.isRunning()).isFalse();
        container.start();
        assertThat(container.isRunning()).isTrue();
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
        assertThat(container.getPhase()).isEqualTo(Integer.MAX_VALUE - 100);
        assertThat(container.isPauseable()).isTrue();
        template.send("host/in", 1);
        await().untilAsserted(() -> assertThat(received).containsExactly(1));
        await().untilAsserted(() -> assertThat(events).singleElement()
                .isInstanceOf(ChannelListenerStartedEvent.class)
                .satisfies(event -> assertThat(event.getListenerId()).isEqualTo("test")));
        Thread consumer = thread("test-0");
        assertThat(consumer.isDaemon()).isFalse();
        container.stop();
        assertThat(consumer.isAlive()).isFalse();
    }

    @Test
    void startWhenCalledTwiceHasOneSetOfThreads() {
        ChannelListenerContainer container = container(received::add);
        container.start();
        Thread consumer = thread("test-0");
        container.start();
        assertThat(thread("test-0")).isSameAs(consumer);
    }

    @Test
    void startWhenTheListenerHasStoppedItsOwnContainerRunsAgainWhenItHasReturned() {
        AtomicReference<ChannelListenerContainer> own = new AtomicReference<>();
        ChannelListenerContainer container = container(value -> {
            if (received.isEmpty()) {
                own.get().stop();
                own.get().start();
            }
            received.add(value);
        });
        own.set(container);
        container.start();
        template.send("host/in", 1);
        await().until(() -> events.size() == 3);
        assertThat(events).extracting(Object::getClass)
                .containsExactly(ChannelListenerStartedEvent.class, ChannelListenerStoppedEvent.class,
                        ChannelListenerStartedEvent.class);
        assertThat(stopReasons()).containsExactly(Reason.NORMAL);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2));
        container.stop();
        assertThat(container.isRunning()).isFalse();
    }

    @Test
    void eventsWhenTheyHappenInSeveralThreadsAreToldInOrder() {
        ChannelListenerContainer container = container(received::add);
        container.setApplicationEventPublisher(event -> {
            if (event instanceof ChannelListenerStartedEvent) {
                container.pause();
                // Which the consumer's thread notices while this one is still telling that it has started.
                await().until(container::isPaused);
                container.resume();
                await().until(() -> container.getState() == ContainerState.RUNNING);
            }
            events.add((ChannelListenerEvent) event);
        });
        container.start();
        await().until(() -> events.size() == 3);
        assertThat(events).extracting(Object::getClass)
                .containsExactly(ChannelListenerStartedEvent.class, ChannelListenerPausedEvent.class,
                        ChannelListenerResumedEvent.class);
    }

    @Test
    void startWhenDaemonThreadStartsItStillKeepsTheProcessAlive() throws Exception {
        ChannelListenerContainer container = container(received::add);
        Thread starter = Thread.ofPlatform().daemon().start(container::start);
        starter.join();
        assertThat(thread("test-0").isDaemon()).isFalse();
    }

    @Test
    void concurrencyWhenAboveOneSharesTheElements() {
        settings.setConcurrency(3);
        ChannelListenerContainer container = container(received::add);
        container.start();
        IntStream.range(0, 300).forEach(value -> template.send("host/in", value));
        await().untilAsserted(() -> assertThat(received).hasSize(300).doesNotHaveDuplicates());
        assertThat(container.getConsumers()).extracting(ConsumerReport::thread)
                .containsExactly("test-0", "test-1",
                        "test-2");
        assertThat(container.getStatistics().get(IN).succeeded()).isEqualTo(300);
        await().untilAsserted(() -> assertThat(
                container.getConsumers().stream().mapToLong(ConsumerReport::processed).sum()).isEqualTo(300));
    }

    @Test
    void stopWhenListenerIsBusyWaitsForItAndTakesNothingMore() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        ChannelListenerContainer container = container(value -> {
            entered.countDown();
            Latches.await(proceed);
            received.add(value);
        });
        container.start();
        template.send("host/in", 1);
        template.send("host/in", 2);
        Latches.await(entered);
        CountDownLatch stopped = new CountDownLatch(1);
        container.stop(stopped::countDown);
        await().until(() -> container.getState() == ContainerState.STOPPING);
        assertThat(stopped.getCount()).isEqualTo(1);
        assertThat(container.isRunning()).isTrue();
        proceed.countDown();
        Latches.await(stopped);
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isRunning()).isFalse();
        assertThat(container.isInExpectedState()).isTrue();
        assertThat(received).containsExactly(1);
        assertThat(depth()).isEqualTo(1);
        assertThat(stopReasons()).containsExactly(Reason.NORMAL);
    }

    @Test
    void stopWhenListenerBlocksInterruptsItAfterTheTimeout() {
        settings.setShutdownTimeout(Duration.ofMillis(20));
        CountDownLatch entered = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        ChannelListenerContainer container = container(value -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.set(true);
                Thread.currentThread().interrupt();
            }
        });
        container.start();
        template.send("host/in", 1);
        Latches.await(entered);
        container.stop();
        assertThat(interrupted).isTrue();
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isInExpectedState()).isTrue();
        assertThat(stopReasons()).containsExactly(Reason.NORMAL);
    }

    /** Told by their order and not by a clock: the one that was stopped first has longer, and is let go by the other one. */
    @Test
    void stopWhenListenersHaveTimeoutsOfTheirOwnGivesEachItsOwn() throws Exception {
        segments.structure(IN);
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        List<String> ends = new CopyOnWriteArrayList<>();
        ChannelListenerContainer patient = blocking("patient", "in", Duration.ofHours(1), entered, release, ends);
        ChannelListenerContainer impatient = blocking("impatient", "more", Duration.ofMillis(1), entered, release,
                ends);
        template.send("host/in", 1);
        template.send("host/more", 1);
        Latches.await(entered);
        Thread stopping = Thread.ofPlatform().start(patient::stop);
        await().until(() -> patient.getState() == ContainerState.STOPPING);
        impatient.stop();
        stopping.join();
        assertThat(ends).containsExactly("impatient interrupted", "patient released");
    }

    private ChannelListenerContainer blocking(String id, String structure, Duration shutdownTimeout,
            CountDownLatch entered, CountDownLatch release, List<String> ends) {
        ChannelListenerContainer container = new ChannelListenerContainer(id,
                List.of(new ChannelName("host", structure)), FunctionElementListener.of(Integer.class, _ -> {
                    entered.countDown();
                    try {
                        release.await();
                        ends.add(id + " released");
                    } catch (InterruptedException e) {
                        ends.add(id + " interrupted");
                        release.countDown();
                    }
                }), new ListenerSettings().setShutdownTimeout(shutdownTimeout), segments);
        containers.add(container);
        container.start();
        return container;
    }

    @Test
    void stopWhenPausedTakesNothingThatWaitsAlsoWhenItIsToDrain() {
        settings.setDrainOnStop(true);
        ChannelListenerContainer container = container(received::add);
        container.start();
        container.pause();
        await().until(container::isPaused);
        template.send("host/in", 1);
        container.stop();
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isInExpectedState()).isTrue();
        assertThat(received).isEmpty();
        assertThat(depth()).isEqualTo(1);
    }

    @Test
    void stopWhenListenerIgnoresInterruptsLeavesItsThreadAlone() throws Exception {
        settings.setShutdownTimeout(Duration.ZERO);
        CountDownLatch entered = new CountDownLatch(1);
        AtomicBoolean release = new AtomicBoolean();
        ChannelListenerContainer container = container(value -> {
            entered.countDown();
            while (!release.get()) {
                LockSupport.parkNanos(1_000_000);
            }
            received.add(value);
        });
        container.start();
        Thread stuck = thread("test-0");
        try {
            template.send("host/in", 1);
            template.send("host/in", 2);
            Latches.await(entered);
            container.stop();
            assertThat(stuck.isAlive()).isTrue();
            assertThat(container.isRunning()).isFalse();
            assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
            assertThat(container.isInExpectedState()).isFalse();
            assertThat(stopReasons()).containsExactly(Reason.ABNORMAL);
        } finally {
            release.set(true);
            stuck.join();
        }
        // The thread that was left behind takes nothing more, and a new start has threads of its own.
        assertThat(received).containsExactly(1);
        container.start();
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2));
        assertThat(container.isInExpectedState()).isTrue();
    }

    @Test
    void stopWhenListenerItselfStopsDoesNotWaitForItself() {
        AtomicReference<ChannelListenerContainer> self = new AtomicReference<>();
        ChannelListenerContainer container = container(value -> {
            received.add(value);
            self.get().stop();
        });
        self.set(container);
        container.start();
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().until(() -> container.getState() == ContainerState.STOPPED);
        assertThat(received).containsExactly(1);
        await().untilAsserted(() -> assertThat(stopReasons()).containsExactly(Reason.NORMAL));
    }

    @Test
    void startWhenStoppedBeforeGoesOnWithTheRest() {
        ChannelListenerContainer container = container(received::add);
        container.start();
        template.send("host/in", 1);
        await().until(() -> received.size() == 1);
        container.stop();
        template.send("host/in", 2);
        container.start();
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2));
        assertThat(container.getStatistics().get(IN).succeeded()).isEqualTo(2);
    }

    @Test
    void pauseWhenRunningLetsTheDepthRiseAndResumeDrainsIt() {
        ChannelListenerContainer container = container(received::add);
        container.start();
        template.send("host/in", 1);
        await().until(() -> received.size() == 1);
        container.pause();
        assertThat(container.isPauseRequested()).isTrue();
        await().until(container::isPaused);
        assertThat(container.isRunning()).isTrue();
        assertThat(container.isInExpectedState()).isTrue();
        for (int value = 2; value <= 10; value++) {
            template.send("host/in", value);
            assertThat(depth()).isEqualTo(value - 1);
        }
        assertThat(received).containsExactly(1);
        container.resume();
        await().until(() -> depth() == 0 && received.size() == 10);
        assertThat(container.isPauseRequested()).isFalse();
        await().untilAsserted(() -> assertThat(events).extracting(Object::getClass)
                .map(Class.class::cast)
                .containsExactly(ChannelListenerStartedEvent.class, ChannelListenerPausedEvent.class,
                        ChannelListenerResumedEvent.class));
    }

    @Test
    void pauseWhenListenerIsBusyIsEffectiveWhenItReturns() {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        ChannelListenerContainer container = container(value -> {
            entered.countDown();
            Latches.await(proceed);
        });
        container.start();
        template.send("host/in", 1);
        Latches.await(entered);
        container.pause();
        assertThat(container.isPauseRequested()).isTrue();
        assertThat(container.isPaused()).isFalse();
        proceed.countDown();
        await().until(container::isPaused);
    }

    @Test
    void stopWhenPausedEndsAtOnceAndTheNextStartRuns() {
        ChannelListenerContainer container = container(received::add);
        container.start();
        container.pause();
        await().until(container::isPaused);
        container.stop();
        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.isPauseRequested()).isFalse();
        container.start();
        template.send("host/in", 1);
        await().until(() -> received.size() == 1);
    }

    @Test
    void startWhenPausedBeforeStartsPaused() {
        ChannelListenerContainer container = container(received::add);
        container.pause();
        container.start();
        await().until(container::isPaused);
        template.send("host/in", 1);
        assertThat(depth()).isEqualTo(1);
        container.resume();
        await().until(() -> received.size() == 1);
    }

    @Test
    void listenerWhenItThrowsIsCalledWithTheNextElement() {
        List<ListenerExecutionFailedException> failures = new CopyOnWriteArrayList<>();
        settings.setErrorHandler(failures::add);
        ChannelListenerContainer container = container(value -> {
            if (value % 2 == 0) {
                throw new IllegalArgumentException("even: " + value);
            }
            received.add(value);
        });
        container.start();
        IntStream.rangeClosed(1, 5).forEach(value -> template.send("host/in", value));
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 3, 5));
        assertThat(failures).hasSize(2).first().satisfies(failure -> {
            assertThat(failure.listenerId()).isEqualTo("test");
            assertThat(failure.channel()).isEqualTo(IN);
            assertThat(failure.getCause()).hasMessage("even: 2");
            assertThat(failure.elementMessage()).isNotNull();
            assertThat(failure.elementMessage().getPayload()).isEqualTo(2);
        });
        await().untilAsserted(() -> {
            ChannelStatistics statistics = container.getStatistics().get(IN);
            assertThat(statistics.succeeded()).isEqualTo(3);
            assertThat(statistics.failed()).isEqualTo(2);
            ConsumerReport consumer = container.getConsumers().getFirst();
            assertThat(consumer.processed()).isEqualTo(5);
            assertThat(consumer.failed()).isEqualTo(2);
            assertThat(consumer.lastActivity()).isNotNull();
        });
        assertThat(container.getLastError()).isNotNull();
        assertThat(container.getLastError().type()).isEqualTo(IllegalArgumentException.class.getName());
        assertThat(container.getLastError().message()).isEqualTo("even: 4");
        assertThat(container.isInExpectedState()).isTrue();
    }

    @Test
    void listenerWhenItThrowsAnErrorIsCalledWithTheNextElement() {
        ChannelListenerContainer container = container(value -> {
            if (value == 1) {
                throw new StackOverflowError();
            }
            received.add(value);
        });
        container.start();
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(received).containsExactly(2));
    }

    @Test
    void errorHandlerWhenItThrowsDoesNotEndTheConsumer() {
        AtomicInteger calls = new AtomicInteger();
        settings.setErrorHandler(failure -> {
            calls.incrementAndGet();
            throw new IllegalStateException("handler fails too");
        });
        ChannelListenerContainer container = container(value -> {
            if (value == 1) {
                throw new IllegalArgumentException("no");
            }
            received.add(value);
        });
        container.start();
        template.send("host/in", 1);
        template.send("host/in", 2);
        await().untilAsserted(() -> assertThat(received).containsExactly(2));
        assertThat(calls).hasValue(1);
    }

    @Test
    void listenerWhenItLeavesAnInterruptBehindIsNotDisturbedByIt() {
        ChannelListenerContainer container = container(value -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupt was left behind");
            }
            received.add(value);
            Thread.currentThread().interrupt();
        });
        container.start();
        IntStream.range(0, 20).forEach(value -> template.send("host/in", value));
        await().untilAsserted(() -> assertThat(received).hasSize(20));
        assertThat(container.getState()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void elementWhenItsBytesAreNoValueGoesToTheErrorHandler() {
        List<ListenerExecutionFailedException> failures = new CopyOnWriteArrayList<>();
        settings.setErrorHandler(failures::add);
        List<Mood> moods = new CopyOnWriteArrayList<>();
        SharedQueue<Integer> asIntegers = SharedQueue.openOrCreate(segments.get("host"), "raw", Codecs.int32(), 8);
        asIntegers.offer(1);
        asIntegers.offer(77);
        asIntegers.offer(0);
        Codec<Mood> codec = Codecs.record(Mood.class);
        SharedQueue<Mood> asMoods = SharedQueue.open(segments.get("host"), "raw", codec);
        assertThat(asMoods.elementSize()).isEqualTo(4);
        ChannelListenerContainer container = new ChannelListenerContainer("moods",
                List.of(new ChannelName("host", "raw")), FunctionElementListener.of(Mood.class, moods::add), settings,
                segments);
        containers.add(container);
        container.start();
        await().untilAsserted(() -> assertThat(moods).containsExactly(new Mood(Face.SAD), new Mood(Face.GLAD)));
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.elementMessage()).isNull();
            assertThat(failure).hasMessageContaining("element cannot be read").hasMessageContaining("77");
        });
        assertThat(container.getStatistics().get(new ChannelName("host", "raw")).failed()).isEqualTo(1);
    }

    @Test
    void threadsWhenVirtualOnesAreAllowedAreVirtualOnlyIfWaitingParks() {
        settings.setVirtualThreads(true).setWaitStrategy(ListenerWaitStrategy.ofName("park")).setMaxBatchSize(2);
        AtomicReference<Thread> used = new AtomicReference<>();
        ChannelListenerContainer container = container(value -> {
            used.set(Thread.currentThread());
            received.add(value);
        });
        container.start();
        IntStream.range(0, 10).forEach(value -> template.send("host/in", value));
        await().until(() -> received.size() == 10);
        assertThat(used.get().isVirtual()).isTrue();
        assertThat(used.get().getName()).isEqualTo("test-0");
        container.stop();
        assertThat(used.get().isAlive()).isFalse();

        settings.setWaitStrategy(ListenerWaitStrategy.ofName("backoff"));
        container.start();
        template.send("host/in", 10);
        await().until(() -> received.size() == 11);
        assertThat(used.get().isVirtual()).isFalse();
    }

    @Test
    void eventListenerWhenItThrowsDoesNotEndTheConsumer() {
        ChannelListenerContainer container = new ChannelListenerContainer("test", List.of(IN),
                FunctionElementListener.of(Integer.class, received::add), settings, segments);
        containers.add(container);
        container.setApplicationEventPublisher(new ThrowingPublisher());
        container.start();
        template.send("host/in", 1);
        await().until(() -> received.size() == 1);
    }

    private static final class ThrowingPublisher implements ApplicationEventPublisher {

        @Override
        public void publishEvent(Object event) {
            throw new IllegalStateException("event listener fails");
        }
    }

    /** Four bytes; only the numbers 0 and 1 are values. */
    record Mood(Face face) {}

    enum Face {
        GLAD, SAD
    }

    private ChannelListenerContainer container(Consumer<Integer> listener) {
        ChannelListenerContainer container = new ChannelListenerContainer("test", List.of(IN),
                FunctionElementListener.of(Integer.class, listener), settings, segments);
        container.setApplicationEventPublisher(event -> events.add((ChannelListenerEvent) (ApplicationEvent) event));
        containers.add(container);
        return container;
    }

    private long depth() {
        return segments.structure(IN).occupancy().used();
    }

    private List<Reason> stopReasons() {
        synchronized (events) {
            return events.stream()
                    .filter(ChannelListenerStoppedEvent.class::isInstance)
                    .map(event -> ((ChannelListenerStoppedEvent) event).getReason())
                    .toList();
        }
    }

    private static Thread thread(String name) {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
