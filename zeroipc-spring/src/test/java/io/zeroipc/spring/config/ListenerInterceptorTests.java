package io.zeroipc.spring.config;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.InterceptedListener;
import io.zeroipc.spring.listener.ListenerInterceptor;
import io.zeroipc.spring.listener.adapter.ObservedElementListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What is called around listeners, and in which order. */
class ListenerInterceptorTests {

    /** Filled by whatever a test has. One test at a time. */
    private static final List<String> CALLS = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    @BeforeEach
    void clear() {
        CALLS.clear();
    }

    @Test
    void interceptorsWhenDeclaredAreCalledInOrderAroundTheListener() {
        try (TestContext context = TestContexts.open(host(), Declared.class)) {
            context.template().send("host/in", 1);
            await().untilAsserted(() -> assertThat(CALLS).containsExactly("outer before 1", "inner before 1",
                    "listener 1", "inner after 1", "outer after 1"));
            assertThat(context.container("Declared.on").getListener().toString()).contains("Declared.on");
        }
    }

    @Test
    void interceptorsWhenListenerFailsAreTold() {
        try (TestContext context = TestContexts.open(host(), Declared.class)) {
            context.template().send("host/in", -1);
            await().untilAsserted(() -> assertThat(CALLS).containsExactly("outer before -1", "inner before -1",
                    "listener -1", "inner failed -1: negative", "outer failed -1: negative"));
            await().until(() -> context.container("Declared.on")
                    .getStatistics()
                    .get(new ChannelName("host", "in"))
                    .failed() == 1);
        }
    }

    @Test
    void interceptorWhenItThrowsBeforeKeepsTheElementFromTheListener() {
        try (TestContext context = TestContexts.open(host(), Declared.class)) {
            context.template().send("host/in", 99);
            await().untilAsserted(() -> assertThat(CALLS).containsExactly("outer before 99", "inner before 99",
                    "outer failed 99: not this one"));
            context.template().send("host/in", 1);
            await().until(() -> CALLS.contains("listener 1"));
        }
    }

    @Test
    void interceptorWhenItThrowsAfterwardsChangesNothing() {
        try (TestContext context = TestContexts.open(host(), Declared.class)) {
            context.template().send("host/in", 77);
            await().untilAsserted(() -> assertThat(CALLS).containsExactly("outer before 77", "inner before 77",
                    "listener 77", "inner after 77", "outer after 77"));
            await().until(() -> context.container("Declared.on")
                    .getStatistics()
                    .get(new ChannelName("host", "in"))
                    .succeeded() == 1);
        }
    }

    @Test
    void interceptorsWhenOfOneFactoryAreCalledForItsListenersOnly() {
        try (TestContext context = TestContexts.open(host(), OwnFactory.class)) {
            context.template().send("host/in", 1);
            context.template().send("host/other", 2);
            await().untilAsserted(() -> assertThat(CALLS).containsExactlyInAnyOrder("own before [1]", "batch [1]",
                    "own after [1]", "plain 2"));
        }
    }

    /** A default method of the interface would be lost without notice; a call without a message would pass the wrapper by. */
    @ParameterizedTest
    @ValueSource(classes = {InterceptedListener.class, ObservedElementListener.class})
    void wrappersPassOnEveryCall(Class<?> wrapper) {
        assertThat(wrapper.getMethods()).filteredOn(Method::isDefault)
                .extracting(Method::getName)
                .containsExactly("payloadCall");
    }

    private SegmentDefinition host() {
        return Fixtures.host(Fixtures.queue("in", Codecs.int32()), Fixtures.queue("other", Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate);
    }

    /** Says what it is called with; some elements it does not like. */
    private record Recording(String name, int refused, int forgotten) implements ListenerInterceptor {

        @Override
        public void before(ElementMessage message) {
            CALLS.add(name + " before " + message.getPayload());
            if (message.getPayload().equals(refused)) {
                throw new IllegalArgumentException("not this one");
            }
        }

        @Override
        public void after(ElementMessage message) {
            CALLS.add(name + " after " + message.getPayload());
            if (message.getPayload().equals(forgotten)) {
                throw new IllegalArgumentException("too late");
            }
        }

        @Override
        public void failed(ElementMessage message, Throwable failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            CALLS.add(name + " failed " + message.getPayload() + ": " + cause.getMessage());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Declared {

        @Bean
        @Order(2)
        ListenerInterceptor inner() {
            return new Recording("inner", 99, 77);
        }

        @Bean
        @Order(1)
        ListenerInterceptor outer() {
            return new Recording("outer", 0, 0);
        }

        @ChannelListener("host/in")
        void on(int number) {
            CALLS.add("listener " + number);
            if (number < 0) {
                throw new IllegalArgumentException("negative");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnFactory {

        @Bean
        DefaultChannelListenerContainerFactory ownFactory(SegmentRegistry segments) {
            DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
            factory.addInterceptor(new Recording("own", 0, 0));
            return factory;
        }

        @ChannelListener(channels = "host/in", containerFactory = "ownFactory")
        void onBatch(List<Integer> numbers) {
            CALLS.add("batch " + numbers);
        }

        @ChannelListener("host/other")
        void on(int number) {
            CALLS.add("plain " + number);
        }
    }
}
