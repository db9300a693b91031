package io.zeroipc.spring.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.aopalliance.intercept.MethodInterceptor;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.AliasFor;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;
import reactor.core.publisher.Flux;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.annotation.ChannelListeners;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.Acknowledgment;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ChannelListenerErrorHandler;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.InvalidListenerException;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.wait.WaitStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** How listeners are found, what their attributes mean, and which are refused. */
class ChannelListenerDeclarationTests {

    @TempDir
    Path directory;

    private SegmentDefinition host() {
        return Fixtures.host(Fixtures.queue("numbers", Codecs.int32()), Fixtures.queue("others", Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate);
    }

    @Test
    void attributesWhenPlaceholdersAndExpressionsAreUsedAreResolved() {
        Map<String, Object> properties = Map.of("in", "host/numbers", "threads", "2", "batch", "17", "start", "false",
                "timeout", "3s", "wait", "park");
        try (TestContext context = TestContexts.open(host(), properties, Resolved.class, Handlers.class)) {
            ChannelListenerContainer container = context.container("resolved-4");
            ListenerSettings settings = container.getSettings();
            assertThat(container.getChannels()).containsExactly(new ChannelName("host", "numbers"),
                    new ChannelName("host", "others"));
            assertThat(container.isAutoStartup()).isFalse();
            assertThat(container.isRunning()).isFalse();
            assertThat(settings.getConcurrency()).isEqualTo(2);
            assertThat(settings.getMaxBatchSize()).isEqualTo(17);
            assertThat(settings.getShutdownTimeout()).isEqualTo(Duration.ofSeconds(3));
            assertThat(settings.getWaitStrategy().name()).isEqualTo("park");
            assertThat(settings.getStartPosition()).isEqualTo(Source.Start.EARLIEST);
            assertThat(settings.getErrorHandler()).isSameAs(context.getBean("quiet"));
            assertThat(settings.getAckMode()).isEqualTo(AckMode.NONE);
            assertThat(settings.getBatchReceiveTimeout()).isEqualTo(Duration.ofMillis(7));
            assertThat(settings.getExecutor()).isSameAs(context.getBean("pool"));
            assertThat(settings.getFilter()).isSameAs(context.getBean("odd"));
        }
    }

    @Test
    void attributesWhenNothingIsSaidAreThoseOfTheFactory() {
        try (TestContext context = TestContexts.open(host(), Plain.class, FactoryDefaults.class)) {
            ListenerSettings settings = context.container("Plain.on").getSettings();
            assertThat(settings.getConcurrency()).isEqualTo(3);
            assertThat(settings.getMaxBatchSize()).isEqualTo(256);
            assertThat(context.container("Plain.on").getConsumers()).hasSize(3)
                    .extracting(each -> each.thread())
                    .containsExactly("Plain.on-0", "Plain.on-1", "Plain.on-2");
        }
    }

    @Test
    void containerFactoryWhenNamedMakesTheContainer() {
        try (TestContext context = TestContexts.open(host(), OwnFactory.class, FactoryDefaults.class)) {
            assertThat(context.container("own").getSettings().getPhase()).isEqualTo(7);
            assertThat(context.container("own").getPhase()).isEqualTo(7);
        }
    }

    @Test
    void customizerWhenDeclaredHasTheLastWord() {
        try (TestContext context = TestContexts.open(host(), Plain.class, Customized.class)) {
            assertThat(context.container("Plain.on").getSettings().getConcurrency()).isEqualTo(2);
        }
    }

    @Test
    void waitStrategyWhenBeanIsNamedIsThatBean() {
        try (TestContext context = TestContexts.open(host(), OwnWait.class)) {
            ListenerSettings settings = context.container("OwnWait.on").getSettings();
            assertThat(settings.getWaitStrategy().name()).isEqualTo("gentle");
            assertThat(settings.getWaitStrategy().strategy()).isSameAs(context.getBean("gentle"));
        }
    }

    @Test
    void listenerWhenAnnotationIsRepeatedHasAContainerForEach() throws Exception {
        try (TestContext context = TestContexts.open(host(), Repeated.class)) {
            assertThat(context.listeners().getIds()).containsExactlyInAnyOrder("Repeated.on", "Repeated.on#2");
            context.template().send("host/numbers", 1);
            context.template().send("host/others", 2);
            assertThat(List.of(next(), next())).containsExactlyInAnyOrder(1, 2);
        }
    }

    @Test
    void listenerWhenAnnotationsAreInTheirContainerHasAContainerForEach() {
        try (TestContext context = TestContexts.open(host(), Contained.class)) {
            assertThat(context.listeners().getIds()).containsExactly("first", "second");
            assertThat(context.container("second").getChannels())
                    .containsExactly(new ChannelName("host", "others"));
        }
    }

    @Test
    void listenerWhenAnnotationIsComposedIsFound() throws Exception {
        try (TestContext context = TestContexts.open(host(), Composed.class)) {
            assertThat(context.container("Composed.on").getSettings().getMaxBatchSize()).isEqualTo(5);
            context.template().send("host/numbers", 11);
            assertThat(next()).isEqualTo(11);
        }
    }

    @Test
    void listenerWhenBeanIsClassProxyIsCalledThroughIt() throws Exception {
        try (TestContext context = TestContexts.open(host(), Plain.class, ClassProxies.class)) {
            context.template().send("host/numbers", 21);
            assertThat(List.of(next(), next())).containsExactly("advised on", 21);
        }
    }

    @Test
    void listenerWhenBeanIsInterfaceProxyIsCalledThroughIt() throws Exception {
        try (TestContext context = TestContexts.open(host(), WithInterface.class, InterfaceProxies.class)) {
            assertThat(context.listeners().getIds()).containsExactly("WithInterface.on");
            context.template().send("host/numbers", 22);
            assertThat(List.of(next(), next())).containsExactly("advised on", 22);
        }
    }

    @Test
    void listenerWhenChannelIsBeanNameListensToThatStructure() throws Exception {
        try (TestContext context = TestContexts.open(host(), BeanChannel.class)) {
            assertThat(context.container("BeanChannel.on").getChannels())
                    .containsExactly(new ChannelName("host", "numbers"));
            context.template().send("numbers", 31);
            assertThat(next()).isEqualTo(31);
        }
    }

    @Test
    void listenerWhenSegmentIsBeanIsFoundByItsOwnName() throws Exception {
        try (TestContext context = TestContexts.prepare(host(), Map.of("file", directory.resolve("second").toString()),
                SegmentBean.class)) {
            context.refresh();
            context.template().send("second/trades", 41);
            assertThat(next()).isEqualTo(41);
        }
    }

    @Test
    void registerWhenSomebodyOwnsTheListenerLeavesTheStartToHim() throws Exception {
        try (TestContext context = TestContexts.open(host())) {
            ChannelListenerEndpoint owned = new OwnedEndpoint(
                    FunctionChannelListenerEndpoint.of("owned", "numbers", Integer.class, received::add));
            ChannelListenerContainer container = context.listeners()
                    .register(owned, context.getBean(ChannelListenerContainerFactory.class));
            assertThat(container.isRunning()).isFalse();
            assertThat(container.isAutoStartup()).isFalse();
            assertThat(container.getSettings().isAutoStartup()).isTrue();
            container.start();
            context.template().send("numbers", 53);
            assertThat(next()).isEqualTo(53);
        }
    }

    private record OwnedEndpoint(ChannelListenerEndpoint declared) implements ChannelListenerEndpoint {

        @Override
        public String getId() {
            return declared.getId();
        }

        @Override
        public List<String> getChannels() {
            return declared.getChannels();
        }

        @Override
        public ListenerSettings getSettings() {
            return declared.getSettings();
        }

        @Override
        public boolean isStartedByOwner() {
            return true;
        }

        @Override
        public ElementListener createListener(MessageHandlerMethodFactory methodFactory, ListenerSettings settings) {
            return declared.createListener(methodFactory, settings);
        }

        @Override
        public String describe() {
            return declared.describe();
        }
    }

    @Test
    void registerWhenContextRunsStartsTheListener() throws Exception {
        try (TestContext context = TestContexts.open(host())) {
            ChannelListenerContainerFactory factory = context.getBean(ChannelListenerContainerFactory.class);
            FunctionChannelListenerEndpoint endpoint = FunctionChannelListenerEndpoint.of("late", "numbers",
                    Integer.class, received::add);
            ChannelListenerContainer container = context.listeners().register(endpoint, factory);
            assertThat(container.isRunning()).isTrue();
            context.template().send("numbers", 51);
            assertThat(next()).isEqualTo(51);

            context.listeners().pause("late");
            await().until(container::isPaused);
            context.listeners().resume("late");
            await().until(() -> !container.isPaused());
            context.listeners().stop("late");
            assertThat(container.isRunning()).isFalse();
            context.listeners().start("late");
            assertThat(container.isRunning()).isTrue();
            assertThat(context.listeners().findContainer("late")).containsSame(container);
            assertThatThrownBy(() -> context.listeners().getContainer("early"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("id=early (expected: one of [late])");

            assertThatThrownBy(() -> context.listeners().register(endpoint, factory))
                    .isInstanceOf(DuplicateListenerIdException.class)
                    .hasMessageContaining("id=late");
            assertThat(context.listeners().unregister("late")).isTrue();
            assertThat(container.isRunning()).isFalse();
            assertThat(context.listeners().unregister("late")).isFalse();
            assertThat(context.listeners().register(endpoint, factory).isRunning()).isTrue();
        }
    }

    @Test
    void registerWhenAnotherThreadIsFasterIsRefusedAsLater() throws Exception {
        try (TestContext context = TestContexts.open(host())) {
            ChannelListenerContainerFactory factory = context.getBean(ChannelListenerContainerFactory.class);
            // Both have found that the id is free when either goes on.
            CyclicBarrier free = new CyclicBarrier(2);
            ChannelListenerContainerFactory together = endpoint -> {
                try {
                    free.await();
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
                return factory.createContainer(endpoint);
            };
            List<Object> ends = new CopyOnWriteArrayList<>();
            List<Thread> threads = Stream.of("host/numbers", "host/others")
                    .map(channel -> Thread.ofPlatform().start(() -> {
                        try {
                            ends.add(context.listeners()
                                    .register(
                                            FunctionChannelListenerEndpoint.of("late", channel, Integer.class, _ -> {}),
                                            together));
                        } catch (DuplicateListenerIdException e) {
                            ends.add(e.getMessage());
                        }
                    }))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(ends).hasSize(2)
                    .haveExactly(1, new Condition<>(ChannelListenerContainer.class::isInstance, "registered"))
                    .haveExactly(1, new Condition<>(end -> end.toString().contains("listener id is taken: id=late"),
                            "refused"));
            ChannelListenerContainer container = context.container("late");
            assertThat(ends).contains(container);
            assertThat(context.listeners().getContainers()).containsExactly(container);
            assertThat(container.isRunning()).isTrue();
        }
    }

    @Test
    void acknowledgmentWhenDeclaredIsThatOfTheElement() throws Exception {
        SegmentDefinition ring = Fixtures
                .host(StructureDefinition.of("ring", SharedRing.spec(Codecs.int32(), 8), Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate);
        try (TestContext context = TestContexts.open(ring, Acknowledging.class)) {
            context.template().send("host/ring", 61);
            assertThat(next()).isEqualTo(61);
            Acknowledgment acknowledgment = (Acknowledgment) next();
            Structure structure = context.segments().structure(new ChannelName("host", "ring"));
            assertThat(structure.occupancy().used()).isEqualTo(1);
            acknowledgment.acknowledge();
            assertThat(structure.occupancy().used()).isZero();
        }
    }

    @Test
    void acknowledgmentWhenStructureCannotKeepElementsIsRefusedAtStartUp() {
        assertThatThrownBy(() -> TestContexts.open(host(), AcknowledgingQueue.class)).rootCause()
                .hasMessage("channel does not support this: channel=host/numbers, type=queue,"
                        + " wanted: ackMode=manual of listener AcknowledgingQueue.on"
                        + " (expected: ackMode=auto or none: taking an element removes it (a queue or buffered channel"
                        + " keeps it with on-consumer-death=redeliver))");
    }

    @Test
    void startWhenChannelIsUnknownNamesMethodAndNearMatch() {
        assertThatThrownBy(() -> TestContexts.open(host(), Misspelt.class))
                .isInstanceOfSatisfying(UnknownChannelException.class, e -> {
                    assertThat(e.channel()).isEqualTo("host/numbres");
                    assertThat(e.nearMatches()).containsExactly("host/numbers");
                    assertThat(e.known()).containsExactly("host/numbers", "host/others");
                    assertThat(e.requestedBy()).isEqualTo("listener " + Misspelt.class.getName() + ".on");
                })
                .hasMessageContaining("did you mean host/numbers");
    }

    @Test
    void idWhenItIsTheNameOfAnotherBeanIsThatOfTheListenerAllTheSame() throws Exception {
        try (TestContext context = TestContexts.open(host(), TakenId.class)) {
            ChannelListenerContainer container = context.listeners().getContainer("definition");
            assertThat(context.getBean("definition")).isInstanceOf(SegmentDefinition.class);
            assertThat(context.container("definition.listener")).isSameAs(container);
            context.template().send("host/numbers", 5);
            assertThat(next()).isEqualTo(5);

            ChannelListenerEndpoint again = FunctionChannelListenerEndpoint.of("definition", "host/others",
                    Integer.class, _ -> {});
            ChannelListenerContainerFactory factory = context.getBean(ChannelListenerContainerFactory.class);
            assertThatThrownBy(() -> context.listeners().register(again, factory))
                    .isInstanceOf(DuplicateListenerIdException.class)
                    .hasMessageContaining("id=definition")
                    .hasMessageContaining("TakenId.on");
            assertThat(context.listeners().unregister("definition")).isTrue();
            assertThat(context.containsBean("definition.listener")).isFalse();
            assertThat(context.listeners().register(again, factory).isRunning()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "concurrency    | two      | a whole number",
            "concurrency    | 0        | 1 or more",
            "autoStartup    | perhaps  | true or false",
            "waitStrategy   | sleep    | spin, yield, backoff, park",
            "startPosition  | middle   | one of latest, earliest",
            "shutdownTimeout| soon     | a duration such as 500ms",
            "errorHandler   | nobody   | the name of a bean of type " + HANDLER_TYPE,
            "maxBatchSize   | -1       | 1 or more",
            "ackMode        | later    | one of auto, none, manual",
            "batchReceiveTimeout | -1  | 0s to take what is there, or more",
            "filter         | all      | the name of a bean of type java.util.function.Predicate",
            "executor       | errorless| the name of a bean of type java.util.concurrent.Executor"})
    void startWhenAttributeIsNotValidNamesIt(String attribute, String value, String expected) {
        assertThatThrownBy(() -> TestContexts.open(host(), Map.of(attribute, value), EveryAttribute.class))
                .isInstanceOf(InvalidListenerException.class)
                .hasMessageContaining(attribute + "=" + value)
                .hasMessageContaining("EveryAttribute.on")
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @ValueSource(classes = {ReturnsFuture.class, ReturnsFutureValue.class, ReturnsFlow.class, ReturnsFlux.class,
            ReturnsMono.class,
            ReturnsValue.class,
            TwoPayloads.class, BatchOfOne.class,
            StaticListener.class, AcknowledgesAuto.class, ManualWithout.class})
    void startWhenMethodCannotBeListenerSaysWhy(Class<?> listener) throws Exception {
        String reason = (String) listener.getDeclaredField("REASON").get(null);
        assertThatThrownBy(() -> TestContexts.open(host(), listener)).isInstanceOf(InvalidListenerException.class)
                .hasMessageContaining("listener method is not supported")
                .hasMessageContaining(reason);
    }

    private static final String HANDLER_TYPE = "io.zeroipc.spring.listener.ChannelListenerErrorHandler";

    /** Filled by whatever listener a test has. One test at a time. */
    private static final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

    private static Object next() throws InterruptedException {
        Object payload = received.poll(30, TimeUnit.SECONDS);
        assertThat(payload).as("what the listener received").isNotNull();
        return payload;
    }

    static class Plain {

        @ChannelListener("host/numbers")
        void on(int number) {
            received.add(number);
        }
    }

    static class Resolved {

        @ChannelListener(id = "resolved-#{2 * 2}", channels = {"${in}", "#{'oth' + 'ers'}"}, segment = "host",
                concurrency = "${threads}", maxBatchSize = "#{${batch}}", autoStartup = "${start}",
                shutdownTimeout = "${timeout}", waitStrategy = "${wait}", startPosition = "earliest",
                errorHandler = "#{quiet}", ackMode = "#{'no' + 'ne'}", batchReceiveTimeout = "${fill:7}",
                executor = "${pool:pool}", filter = "#{odd}")
        void on(int number) {
            received.add(number);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Handlers {

        @Bean
        ChannelListenerErrorHandler quiet() {
            return failure -> received.add(failure);
        }

        @Bean
        Predicate<Integer> odd() {
            return number -> number % 2 != 0;
        }

        @Bean
        Executor pool() {
            return Runnable::run;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class FactoryDefaults {

        @Bean
        DefaultChannelListenerContainerFactory channelListenerContainerFactory(SegmentRegistry segments) {
            DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
            factory.getDefaults().setConcurrency(3);
            return factory;
        }

        @Bean
        DefaultChannelListenerContainerFactory ownFactory(SegmentRegistry segments) {
            DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
            factory.getDefaults().setPhase(7);
            return factory;
        }
    }

    static class OwnFactory {

        @ChannelListener(id = "own", channels = "host/numbers", containerFactory = "ownFactory")
        void on(int number) {
            received.add(number);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customized {

        @Bean
        ContainerCustomizer customizer() {
            return container -> container.getSettings().setConcurrency(2);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnWait {

        @Bean
        WaitStrategy gentle() {
            return WaitStrategy.park(Duration.ofMillis(2));
        }

        @ChannelListener(channels = "host/numbers", waitStrategy = "gentle")
        void on(int number) {
            received.add(number);
        }
    }

    static class Repeated {

        @ChannelListener("host/numbers")
        @ChannelListener("host/others")
        void on(int number) {
            received.add(number);
        }
    }

    static class Contained {

        @ChannelListeners({@ChannelListener(id = "first", channels = "host/numbers"),
                @ChannelListener(id = "second", channels = "host/others")})
        void on(int number) {
            received.add(number);
        }
    }

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @ChannelListener(maxBatchSize = "5")
    @interface NumberListener {

        @AliasFor(annotation = ChannelListener.class, attribute = "channels")
        String[] from();
    }

    static class Composed {

        @NumberListener(from = "host/numbers")
        void on(int number) {
            received.add(number);
        }
    }

    interface Numbers {

        void on(int number);
    }

    static class WithInterface implements Numbers {

        @Override
        @ChannelListener("host/numbers")
        public void on(int number) {
            received.add(number);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ClassProxies {

        @Bean
        static Proxies proxies() {
            return new Proxies(Plain.class, true);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class InterfaceProxies {

        @Bean
        static Proxies proxies() {
            return new Proxies(WithInterface.class, false);
        }
    }

    /** Comes first, as the one of Spring's own proxies does. */
    record Proxies(Class<?> type, boolean ofClass) implements BeanPostProcessor, PriorityOrdered {

        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String beanName) {
            if (!type.isInstance(bean)) {
                return bean;
            }
            ProxyFactory factory = new ProxyFactory(bean);
            factory.setProxyTargetClass(ofClass);
            factory.addAdvice((MethodInterceptor) call -> {
                received.add("advised " + call.getMethod().getName());
                return call.proceed();
            });
            return factory.getProxy();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class BeanChannel {

        @Bean
        SharedQueue<Integer> injected(SegmentRegistry segments) {
            return Fixtures.queueOf(segments, "host/numbers");
        }

        @ChannelListener("@injected")
        void on(int number) {
            received.add(number);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SegmentBean {

        @Bean
        Segment market(@Value("${file}") String file) {
            return Segment.at(Path.of(file)).label("second").size(1 << 16).openOrCreate();
        }

        @Bean
        SharedQueue<Integer> trades(Segment market) {
            return SharedQueue.openOrCreate(market, "trades", Codecs.int32(), 8);
        }

        @ChannelListener("second/trades")
        void on(int number) {
            received.add(number);
        }
    }

    static class Acknowledging {

        @ChannelListener(channels = "host/ring", ackMode = "manual")
        void on(Acknowledgment acknowledgment, int number) {
            received.add(number);
            received.add(acknowledgment);
        }
    }

    static class AcknowledgingQueue {

        @ChannelListener(channels = "host/numbers", ackMode = "manual")
        void on(int number, Acknowledgment acknowledgment) {
            acknowledgment.acknowledge();
        }
    }

    static class Misspelt {

        @ChannelListener("host/numbres")
        void on(int number) {
            received.add(number);
        }
    }

    static class TakenId {

        @ChannelListener(id = "definition", channels = "host/numbers")
        void on(int number) {
            received.add(number);
        }
    }

    static class EveryAttribute {

        @ChannelListener(channels = "host/numbers", concurrency = "${concurrency:}", autoStartup = "${autoStartup:}",
                waitStrategy = "${waitStrategy:}", startPosition = "${startPosition:}",
                shutdownTimeout = "${shutdownTimeout:}", errorHandler = "${errorHandler:}",
                maxBatchSize = "${maxBatchSize:}", ackMode = "${ackMode:}",
                batchReceiveTimeout = "${batchReceiveTimeout:}", executor = "${executor:}", filter = "${filter:}")
        void on(int number) {
            received.add(number);
        }
    }

    static class ReturnsFuture {

        static final String REASON = "it returns before its work is done";

        @ChannelListener("host/numbers")
        Future<Void> on(int number) {
            return CompletableFuture.completedFuture(null);
        }
    }

    static class ReturnsFutureValue {

        static final String REASON = "nobody would take its result: returnType=java.lang.Integer";

        @ChannelListener("host/numbers")
        CompletableFuture<Integer> on(int number) {
            return CompletableFuture.completedFuture(number);
        }
    }

    static class ReturnsFlux {

        static final String REASON = "it returns before its work is done";

        @ChannelListener("host/numbers")
        Flux<Void> on(int number) {
            return Flux.empty();
        }
    }

    static class ReturnsFlow {

        static final String REASON = "it returns before its work is done";

        @ChannelListener("host/numbers")
        Flow.Publisher<Void> on(int number) {
            return subscriber -> subscriber.onComplete();
        }
    }

    /** As reactive libraries have them. */
    interface Mono extends Publisher<Object> {}

    static class ReturnsMono {

        static final String REASON = "it returns before its work is done";

        @ChannelListener("host/numbers")
        Mono on(int number) {
            return subscriber -> subscriber.onComplete();
        }
    }

    static class ReturnsValue {

        static final String REASON = "nobody would take its result: returnType=int";

        @ChannelListener("host/numbers")
        int on(int number) {
            return number;
        }
    }

    static class TwoPayloads {

        static final String REASON = "more than one payload parameter";

        @ChannelListener("host/numbers")
        void on(int number, Object other) {
            received.add(number);
        }
    }

    static class BatchOfOne {

        static final String REASON = "batch=true, and its payload is not a List";

        @ChannelListener(channels = "host/numbers", batch = "true")
        void on(int number) {
            received.add(number);
        }
    }

    static class AcknowledgesAuto {

        static final String REASON = "it acknowledges, and ackMode=auto";

        @ChannelListener("host/numbers")
        void on(int number, Acknowledgment acknowledgment) {
            acknowledgment.acknowledge();
        }
    }

    static class ManualWithout {

        static final String REASON = "ackMode=manual, and it cannot acknowledge";

        @ChannelListener(channels = "host/numbers", ackMode = "manual")
        void on(int number) {
            received.add(number);
        }
    }

    static class StaticListener {

        static final String REASON = "it is static";

        @ChannelListener("host/numbers")
        static void on(int number) {
            received.add(number);
        }
    }
}
