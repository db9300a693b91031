package io.zeroipc.spring.boot.actuate.endpoint;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint.ChannelDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint.ListenerDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpointWebExtension.RefusalDescriptor;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.listener.ContainerState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ChannelListenersEndpointTests {

    private static final String ID = "orders-listener";
    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";

    @TempDir
    private Path directory;

    @Test
    void listenersWhenAskedTellOfElementsThreadsAndErrors() {
        run((context, endpoint) -> {
            ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
            for (int order : new int[] {1, 2, -3}) {
                template.send("market/orders", order);
            }
            Awaitility.await()
                    .untilAsserted(() -> assertThat(get(endpoint).channels()).containsEntry("market/orders",
                            new ChannelDescriptor(3, 1, 0, 0, 1, 0)));
            ListenerDescriptor listener = endpoint.listeners().listeners().get(ID);
            assertThat(listener).isNotNull();
            assertThat(listener.listener()).isEqualTo("Listening.on(int)");
            assertThat(listener.state()).isEqualTo(ContainerState.RUNNING);
            assertThat(listener.expected()).isTrue();
            assertThat(listener.concurrency()).isEqualTo(1);
            assertThat(listener.type()).isEqualTo("single");
            assertThat(listener.lastError()).isNotNull();
            assertThat(listener.lastError().type()).isEqualTo(IllegalArgumentException.class.getName());
            assertThat(listener.lastError().message()).isEqualTo("not an order: -3");
            Awaitility.await().untilAsserted(() -> {
                assertThat(get(endpoint).consumers()).singleElement().satisfies(consumer -> {
                    assertThat(consumer.thread()).isEqualTo(ID + "-0");
                    assertThat(consumer.channel()).isEqualTo("market/orders");
                    assertThat(consumer.attached()).isTrue();
                    assertThat(consumer.processed()).isEqualTo(3);
                    assertThat(consumer.failed()).isEqualTo(1);
                });
                assertThat(get(endpoint).lastActivity()).isNotNull();
            });
        });
    }

    @Test
    void listenerWhenUnknownIsNull() {
        run((_, endpoint) -> {
            assertThat(endpoint.listener("nothing")).isNull();
            assertThat(endpoint.change("nothing", "paused")).isNull();
            ChannelListenersEndpointWebExtension web = new ChannelListenersEndpointWebExtension(endpoint);
            assertThat(web.listener("nothing").getStatus()).isEqualTo(404);
            assertThat(web.change("nothing", "paused").getStatus()).isEqualTo(404);
            assertThat(web.change("nothing", "nonsense").getStatus()).isEqualTo(404);
        });
    }

    @Test
    void changeWhenPausedAndResumedKeepsElementsMeanwhile() {
        run((context, endpoint) -> {
            ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
            assertThat(endpoint.change(ID, "paused").pauseRequested()).isTrue();
            Awaitility.await().until(() -> get(endpoint).paused());
            template.send("market/orders", 1);
            assertThat(get(endpoint).expected()).isTrue();
            assertThat(get(endpoint).channels()).containsEntry("market/orders",
                    new ChannelDescriptor(0, 0, 0, 0, 0, 0));
            // Asking again changes nothing.
            assertThat(endpoint.change(ID, "Paused").paused()).isTrue();
            assertThat(endpoint.change(ID, "resumed").pauseRequested()).isFalse();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(get(endpoint).channels()).containsEntry("market/orders",
                            new ChannelDescriptor(1, 0, 0, 0, 0, 0)));
            assertThat(endpoint.change(ID, "resumed").state()).isEqualTo(ContainerState.RUNNING);
        });
    }

    @Test
    void changeWhenStoppedAndStartedEndsAndBeginsTheThreads() {
        run((_, endpoint) -> {
            assertThat(endpoint.change(ID, "stopped").state()).isEqualTo(ContainerState.STOPPED);
            assertThat(get(endpoint).expected()).isTrue();
            assertThat(endpoint.change(ID, "stopped").state()).isEqualTo(ContainerState.STOPPED);
            assertThat(endpoint.change(ID, "started").state()).isEqualTo(ContainerState.RUNNING);
            assertThat(endpoint.change(ID, "started").state()).isEqualTo(ContainerState.RUNNING);
        });
    }

    @Test
    void changeWhenStateIsUnknownNamesItAndTheKnown() {
        run((_, endpoint) -> {
            String message = "state is unknown: state=asleep (expected: one of started, stopped, paused, resumed)";
            assertThatExceptionOfType(InvalidEndpointRequestException.class)
                    .isThrownBy(() -> endpoint.change(ID, "asleep"))
                    .withMessage(message)
                    .satisfies(e -> assertThat(e.getReason()).isEqualTo(message));
            ChannelListenersEndpointWebExtension web = new ChannelListenersEndpointWebExtension(endpoint);
            assertRefused(web.change(ID, "asleep"), 400, message);
            assertRefused(web.change(ID, null), 400,
                    "state is unknown: state= (expected: one of started, stopped, paused, resumed)");
        });
    }

    @Test
    void changeWhenTransitionMakesNoSenseSaysWhatWould() {
        run((_, endpoint) -> {
            ChannelListenersEndpointWebExtension web = new ChannelListenersEndpointWebExtension(endpoint);
            assertThat(web.change(ID, "paused").getStatus()).isEqualTo(204);
            Awaitility.await().until(() -> get(endpoint).paused());
            assertRefused(web.change(ID, "started"), 400, "listener cannot be started now: id=" + ID
                    + ", state=paused, pauseRequested=true (expected: one of stopped, paused, resumed)");
            assertThat(web.change(ID, "stopped").getStatus()).isEqualTo(204);
            for (String state : new String[] {"paused", "resumed"}) {
                assertRefused(web.change(ID, state), 400, "listener cannot be " + state + " now: id=" + ID
                        + ", state=stopped (expected: one of started, stopped)");
            }
            assertThat(get(endpoint).pauseRequested()).isFalse();
        });
    }

    @Test
    void changeWhenListenerIsStoppingRefusesToStartIt() {
        run((context, endpoint) -> {
            Listening listening = context.getBean(Listening.class);
            context.getBean(ZeroIpcOperations.class).send("market/orders", Listening.BLOCKING);
            await(listening.inside);
            Thread stopper = Thread.ofPlatform().start(() -> endpoint.change(ID, "stopped"));
            try {
                Awaitility.await().until(() -> get(endpoint).state() == ContainerState.STOPPING);
                assertThatExceptionOfType(InvalidEndpointRequestException.class)
                        .isThrownBy(() -> endpoint.change(ID, "started"))
                        .withMessage("listener cannot be started now: id=" + ID
                                + ", state=stopping (expected: one of stopped)");
            } finally {
                listening.release.countDown();
                join(stopper);
            }
            assertThat(get(endpoint).state()).isEqualTo(ContainerState.STOPPED);
        });
    }

    @Test
    void changeWhenListenerCannotStartSaysWhy() {
        try (Segment peer = Segment.at(directory.resolve("market")).size(1 << 16).create()) {
            var reader = SharedRing.create(peer, "orders", Codecs.int32(), 8).reader();
            runner().withPropertyValues(ORDERS + "type=ring", "zeroipc.listener.auto-startup=false").run(context -> {
                ChannelListenersEndpoint endpoint = endpoint(context);
                assertThat(get(endpoint).state()).isEqualTo(ContainerState.CREATED);
                assertThatExceptionOfType(RoleTakenException.class).isThrownBy(() -> endpoint.change(ID, "started"));
                var response = new ChannelListenersEndpointWebExtension(endpoint).change(ID, "started");
                assertThat(response.getStatus()).isEqualTo(500);
                assertThat(response.getBody()).isNotNull();
                assertThat(response.getBody().error()).contains("orders");
                assertThat(get(endpoint).expected()).isFalse();
                assertThat(get(endpoint).state()).isEqualTo(ContainerState.FAILED);
            });
            assertThat(reader).isNotNull();
        }
    }

    @Test
    void hintsNameEveryResponse() {
        RuntimeHints hints = new RuntimeHints();
        new ChannelListenersEndpointWebExtension.Hints().registerHints(hints, null);
        for (Class<?> type : new Class<?>[] {ListenerDescriptor.class, ChannelDescriptor.class,
                ChannelListenersEndpoint.ConsumerDescriptor.class, ChannelListenersEndpoint.ErrorDescriptor.class,
                ChannelListenersEndpoint.ListenersDescriptor.class, RefusalDescriptor.class}) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(hints);
        }
    }

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withUserConfiguration(Listening.class)
                .withPropertyValues("zeroipc.base-directory=" + directory, ORDERS + "type=queue",
                        ORDERS + "element-type=int32", ORDERS + "capacity=8");
    }

    private void run(BiConsumer<AssertableApplicationContext, ChannelListenersEndpoint> test) {
        runner().run(context -> test.accept(context, endpoint(context)));
    }

    private static ChannelListenersEndpoint endpoint(AssertableApplicationContext context) {
        assertThat(context).hasNotFailed();
        return new ChannelListenersEndpoint(context.getBean(ChannelListenerEndpointRegistry.class));
    }

    private static ListenerDescriptor get(ChannelListenersEndpoint endpoint) {
        ListenerDescriptor listener = endpoint.listener(ID);
        assertThat(listener).isNotNull();
        return listener;
    }

    private static void assertRefused(WebEndpointResponse<RefusalDescriptor> response, int status, String error) {
        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getBody()).isEqualTo(new RefusalDescriptor(error));
    }

    private static void await(CountDownLatch latch) {
        Awaitility.await().until(() -> latch.getCount() == 0);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        static final int BLOCKING = 99;

        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        @ChannelListener(id = ID, channels = "market/orders")
        void on(int order) throws InterruptedException {
            if (order < 0) {
                throw new IllegalArgumentException("not an order: " + order);
            }
            if (order == BLOCKING) {
                inside.countDown();
                release.await();
            }
        }
    }
}
