package io.zeroipc.spring.config;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.messaging.handler.annotation.SendTo;

import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.InvalidListenerException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** A bean has its listeners once, and has them also when nobody asks for it. */
class ListenerBeansTests {

    private static final BlockingQueue<String> RECEIVED = new LinkedBlockingQueue<>();
    private static final AtomicInteger INSTANCES = new AtomicInteger();

    @TempDir
    Path directory;

    @BeforeEach
    void forget() {
        RECEIVED.clear();
        INSTANCES.set(0);
    }

    private SegmentDefinition host() {
        return Fixtures.host(Fixtures.queue("numbers", Codecs.int32()), Fixtures.queue("answers", Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate);
    }

    private static void send(TestContext context, int number) {
        context.template().send("host/numbers", number);
    }

    private static String received() throws InterruptedException {
        String received = RECEIVED.poll(120, TimeUnit.SECONDS);
        assertThat(received).isNotNull();
        return received;
    }

    @Test
    void listenerWhenItsBeanIsLazyRuns() throws Exception {
        try (TestContext context = TestContexts.open(host(), LazyBean.class, LazyBystander.class)) {
            send(context, 1);
            assertThat(received()).isEqualTo("1 by 1");
            assertThat(context.getBeanFactory().containsSingleton("listenerBeansTests.LazyBystander")).isFalse();
        }
    }

    @Test
    void listenerWhenAllBeansAreLazyRuns() throws Exception {
        try (TestContext context = TestContexts.prepare(host(), Map.of(), Plain.class, LazyBystander.class)) {
            context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
            context.refresh();
            send(context, 1);
            assertThat(received()).isEqualTo("1 by 1");
            assertThat(context.getBeanFactory().containsSingleton("listenerBeansTests.LazyBystander")).isFalse();
        }
    }

    @Test
    void listenerWhenItsBeanHasAScopeIsCalledOnceInThePresentInstance() throws Exception {
        TestContext context = TestContexts.prepare(host(), Map.of(), Scoped.class);
        Renewing scope = new Renewing();
        context.getBeanFactory().registerScope("renewing", scope);
        try (context) {
            context.refresh();
            assertThat(context.listeners().getIds()).containsExactly("Scoped.on");
            send(context, 1);
            assertThat(received()).isEqualTo("1 by 1");
            scope.renew();
            send(context, 2);
            assertThat(received()).isEqualTo("2 by 2");
            assertThat(context.listeners().getIds()).containsExactly("Scoped.on");
        }
        assertThat(RECEIVED).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"prototype", "thread", "request", "session"})
    void listenerWhenItsBeanHasNoInstanceThatLastsIsRefused(String scope) {
        TestContext context = TestContexts.prepare(host(), Map.of());
        context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
        context.registerBeanDefinition("fleeting",
                BeanDefinitionBuilder.genericBeanDefinition(Plain.class).setScope(scope).getBeanDefinition());
        try (context) {
            assertThatExceptionOfType(InvalidListenerException.class).isThrownBy(context::refresh)
                    .withMessageContaining("bean=fleeting, type=" + Plain.class.getName() + ", scope=" + scope);
        }
        assertThat(INSTANCES).hasValue(0);
    }

    @Test
    void idWhenTheClassIsAConfigurationIsTheOneThatWasWritten() {
        try (TestContext context = TestContexts.open(host(), Enhanced.class)) {
            assertThat(context.listeners().getIds()).containsExactly("Enhanced.on");
            assertThat(context.container("Enhanced.on").getListener()).asString().startsWith("Enhanced.on");
        }
    }

    /** Both are about to create a bean with listeners: one within the factory's lock, one within nothing. */
    @Test
    void listenersWhenTwoThreadsCreateBeansAreRegisteredByBoth() throws Exception {
        try (TestContext context = TestContexts.open(host(), Gate.class)) {
            Gate gate = context.getBean(Gate.class);
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                Future<Object> singleton = threads.submit(() -> context.getBean("late"));
                Future<Object> created = threads.submit(() -> {
                    gate.inside.await();
                    gate.creating = Thread.currentThread();
                    return context.getAutowireCapableBeanFactory().createBean(Created.class);
                });
                assertThat(created.get()).isNotNull();
                assertThat(singleton.get()).isNotNull();
            }
            assertThat(context.listeners().getIds()).containsExactlyInAnyOrder("Late.on", "Created.on");
        }
    }

    @Test
    void idWhenManyThreadsCreateBeansOfOneClassIsOneForEach() throws Exception {
        try (TestContext context = TestContexts.open(host())) {
            CountDownLatch ready = new CountDownLatch(2);
            Callable<Object> create = () -> {
                ready.countDown();
                ready.await();
                return context.getAutowireCapableBeanFactory().createBean(Created.class);
            };
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                for (Future<Object> created : threads.invokeAll(List.of(create, create))) {
                    assertThat(created.get()).isNotNull();
                }
            }
            assertThat(context.listeners().getIds()).containsExactlyInAnyOrder("Created.on", "Created.on#2");
        }
    }

    @Test
    void resultsWhenThereAreSeveralTemplatesAreSentByThePrimaryOne() throws Exception {
        try (TestContext context = TestContexts.open(host(), Answering.class, PrimaryTemplate.class,
                OtherTemplate.class)) {
            context.getBean(PrimaryTemplate.class).template.send("host/numbers", 1);
            assertThat(received()).isEqualTo("sent by primary");
        }
    }

    @Test
    void deadLettersWhenThereAreSeveralTemplatesAreSentByThePrimaryOne() throws Exception {
        try (TestContext context = TestContexts.open(host(), PrimaryTemplate.class, OtherTemplate.class,
                DeadLettering.class, Failing.class)) {
            context.getBean(PrimaryTemplate.class).template.send("host/numbers", 1);
            assertThat(received()).isEqualTo("sent by primary");
        }
    }

    @Test
    void deadLettersWhenSeveralTemplatesCouldSendThemAreRefused() {
        assertThatExceptionOfType(InvalidListenerException.class).isThrownBy(() -> TestContexts
                .open(host(), OtherTemplate.class, ThirdTemplate.class, DeadLettering.class, Failing.class))
                .withMessageContaining("listener's dead letters could be sent by several templates: listener=")
                .withMessageContaining("other, third");
    }

    @Test
    void resultsWhenSeveralTemplatesCouldSendThemAreRefused() {
        assertThatExceptionOfType(InvalidListenerException.class)
                .isThrownBy(() -> TestContexts.open(host(), Answering.class, OtherTemplate.class, ThirdTemplate.class))
                .withMessageContaining("Answering.on, templates=")
                .withMessageContaining("other")
                .withMessageContaining("third");
    }

    static class Answering {

        @ChannelListener("host/numbers")
        @SendTo("host/answers")
        int on(int number) {
            return number + 1;
        }
    }

    static class Failing {

        @ChannelListener("host/numbers")
        void on(int number) {
            throw new IllegalStateException("no " + number);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class DeadLettering {

        @Bean
        ContainerCustomizer customizer() {
            return container -> {
                container.getSettings().failures().setFailureAction(FailureAction.DEAD_LETTER);
                container.getSettings().failures().setDeadLetterChannel("host/answers");
            };
        }
    }

    /** Tells who sends. */
    private static ZeroIpcOperations telling(String name, SegmentRegistry segments) {
        ZeroIpcTemplate template = new ZeroIpcTemplate(segments);
        return (ZeroIpcOperations) Proxy.newProxyInstance(ListenerBeansTests.class.getClassLoader(),
                new Class<?>[] {ZeroIpcOperations.class}, (_, method, arguments) -> {
                    if (arguments != null && arguments[0].equals("host/answers")) {
                        RECEIVED.add("sent by " + name);
                    }
                    return method.invoke(template, arguments);
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class PrimaryTemplate {

        private final ZeroIpcTemplate template;

        PrimaryTemplate(SegmentRegistry segments) {
            this.template = new ZeroIpcTemplate(segments);
        }

        @Bean
        @Primary
        ZeroIpcOperations primary(SegmentRegistry segments) {
            return telling("primary", segments);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OtherTemplate {

        @Bean
        ZeroIpcOperations other(SegmentRegistry segments) {
            return telling("other", segments);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ThirdTemplate {

        @Bean
        ZeroIpcOperations third(SegmentRegistry segments) {
            return telling("third", segments);
        }
    }

    static class Plain {

        private final int instance = INSTANCES.incrementAndGet();

        @ChannelListener("host/numbers")
        void on(int number) {
            RECEIVED.add(number + " by " + instance);
        }
    }

    @Lazy
    static class LazyBean extends Plain {}

    /** Has nothing to do with listeners, and is not to be there before somebody asks for it. */
    @Lazy
    static class LazyBystander {}

    @org.springframework.context.annotation.Scope(value = "renewing", proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class Scoped {

        private int instance;

        @jakarta.annotation.PostConstruct
        void count() {
            instance = INSTANCES.incrementAndGet();
        }

        @ChannelListener("host/numbers")
        public void on(int number) {
            RECEIVED.add(number + " by " + instance);
        }
    }

    /** One instance, until it is renewed. */
    private static final class Renewing implements Scope {

        private @Nullable Object present;

        synchronized void renew() {
            present = null;
        }

        @Override
        public synchronized Object get(String name, ObjectFactory<?> factory) {
            if (present == null) {
                present = factory.getObject();
            }
            return present;
        }

        @Override
        public @Nullable Object remove(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void registerDestructionCallback(String name, Runnable callback) {
            // Nothing here is destroyed.
        }
    }

    @Configuration
    static class Enhanced {

        @Bean
        String something() {
            return "something";
        }

        @ChannelListener("host/numbers")
        void on(int number) {
            RECEIVED.add(number + something());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Gate {

        private final CountDownLatch inside = new CountDownLatch(1);
        private volatile @Nullable Thread creating;

        /** Of a type that does not tell of its listener. */
        @Bean
        @Lazy
        Object late() {
            inside.countDown();
            await().until(() -> creating != null && creating.getState() == Thread.State.WAITING);
            return new Late();
        }
    }

    static class Late {

        @ChannelListener("host/numbers")
        void on(int number) {
            RECEIVED.add(number + " late");
        }
    }

    static class Created {

        @ChannelListener("host/numbers")
        void on(int number) {
            RECEIVED.add(number + " created");
        }
    }
}
