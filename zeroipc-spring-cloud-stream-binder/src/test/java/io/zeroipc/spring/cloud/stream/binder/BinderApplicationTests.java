package io.zeroipc.spring.cloud.stream.binder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cloud.stream.binder.BinderFactory;
import org.springframework.cloud.stream.binding.BindingsLifecycleController;
import org.springframework.cloud.stream.binding.BindingsLifecycleController.State;
import org.springframework.cloud.stream.endpoint.BindingsEndpoint;
import org.springframework.cloud.stream.function.StreamBridge;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.MessageChannel;

import io.zeroipc.spring.cloud.stream.binder.provisioning.DestinationSegment;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.DeadLetterFullAction;
import io.zeroipc.spring.listener.ListenerSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The binder in an application: what Boot and Actuator see of it, and where its segments are. */
class BinderApplicationTests {

    @TempDir
    private Path directory;

    /** Orders come in, and go on in capitals. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {

        @Bean
        Function<String, String> shout() {
            return String::toUpperCase;
        }

        @Bean
        BlockingQueue<String> heard() {
            return new LinkedBlockingQueue<>();
        }

        @Bean
        Consumer<String> hear(BlockingQueue<String> heard) {
            return heard::add;
        }
    }

    private ConfigurableApplicationContext run(String... more) {
        List<String> properties = new ArrayList<>(List.of("zeroipc.base-directory=" + directory,
                "spring.cloud.function.definition=shout;hear", "spring.cloud.stream.default-binder=zeroipc",
                "spring.cloud.stream.bindings.shout-in-0.destination=orders",
                "spring.cloud.stream.bindings.shout-in-0.group=shouting",
                "spring.cloud.stream.bindings.shout-out-0.destination=shouts",
                "spring.cloud.stream.bindings.hear-in-0.destination=shouts",
                "spring.cloud.stream.bindings.hear-in-0.group=ears", "spring.jmx.enabled=true",
                "spring.jmx.unique-names=true", "management.endpoints.jmx.exposure.include=bindings",
                "spring.main.banner-mode=off"));
        properties.addAll(List.of(more));
        return new SpringApplicationBuilder(Shop.class).web(WebApplicationType.NONE)
                .properties(properties.toArray(String[]::new))
                .run();
    }

    private static String heard(ConfigurableApplicationContext context) throws InterruptedException {
        return heardBy(context).poll(1, TimeUnit.MINUTES);
    }

    @SuppressWarnings("unchecked") // made above
    private static BlockingQueue<String> heardBy(ConfigurableApplicationContext context) {
        return (BlockingQueue<String>) context.getBean("heard");
    }

    private static void say(ConfigurableApplicationContext context, String text) {
        assertThat(context.getBean(StreamBridge.class).send("orders", text)).isTrue();
    }

    private static ZeroIpcMessageChannelBinder binder(ConfigurableApplicationContext context, String name) {
        return (ZeroIpcMessageChannelBinder) (Object) context.getBean(BinderFactory.class)
                .getBinder(name, MessageChannel.class);
    }

    private static Health health(ConfigurableApplicationContext context, String binder) {
        CompositeHealthContributor binders = context.getBean("bindersHealthContributor",
                CompositeHealthContributor.class);
        return ((HealthIndicator) binders.getContributor(binder)).health();
    }

    @Test
    void shouldShowItsSegmentsBesideTheApplicationsOwn() throws Exception {
        try (ConfigurableApplicationContext context = run()) {
            say(context, "hello");
            assertThat(heard(context)).isEqualTo("HELLO");

            assertThat(context.getBean(SegmentRegistry.class).names()).contains("stream.orders", "stream.shouts");
            assertThat(context.getBean(ChannelListenerEndpointRegistry.class).getContainer("hear-in-0")).isNotNull();
            assertThat(context.getBean(MeterRegistry.class)
                    .get("zeroipc.structure.operations")
                    .tags("segment", "stream.shouts", "structure", "ears", "operation", "put", "outcome",
                            "success")
                    .functionCounter()
                    .count()).isEqualTo(1);
            assertThat(health(context, "zeroipc").getStatus()).isEqualTo(Status.UP);
            assertThat(health(context, "zeroipc").getDetails().get("destinations"))
                    .isEqualTo(Map.of("orders",
                            Map.of("path", directory.resolve("stream.orders").toString(), "queues",
                                    Map.of("shouting", "0 of 1024")),
                            "shouts",
                            Map.of("path", directory.resolve("stream.shouts").toString(), "queues",
                                    Map.of("ears", "0 of 1024"))));
        }
    }

    @Test
    void shouldLeaveShortNamesToTheOnlySegmentThatTheApplicationDeclares() throws Exception {
        try (ConfigurableApplicationContext context = run(
                "zeroipc.segments.plant.structures.alerts.type=queue",
                "zeroipc.segments.plant.structures.alerts.element-type=int64",
                "zeroipc.segments.plant.structures.alerts.capacity=4")) {
            say(context, "hello");
            assertThat(heard(context)).isEqualTo("HELLO");
            ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
            template.send("alerts", 7L);
            assertThat(template.tryReceive("plant/alerts", Long.class)).isEqualTo(7L);
        }
    }

    @Test
    void shouldEndAWaitForRoomWhenTheApplicationEnds() throws Exception {
        FutureTask<Boolean> sending;
        Thread sender;
        try (ConfigurableApplicationContext context = run("spring.cloud.stream.bindings.full-out-0.destination=full",
                "spring.cloud.stream.bindings.full-out-0.producer.required-groups=nobody",
                "spring.cloud.stream.zeroipc.bindings.full-out-0.producer.send-timeout=0",
                "spring.cloud.stream.zeroipc.binder.capacity=2")) {
            StreamBridge bridge = context.getBean(StreamBridge.class);
            bridge.send("full-out-0", "a");
            bridge.send("full-out-0", "b");
            sending = new FutureTask<>(() -> bridge.send("full-out-0", "c"));
            sender = Thread.ofVirtual().start(sending);
            await().until(() -> queue(context, "full", "nobody").queue().isFull());
            assertThat(sending.isDone()).isFalse();
        }
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> sending.get(1, TimeUnit.MINUTES));
        sender.join();
    }

    @Test
    void shouldRefuseToStartWithQueuesThatCannotBeWhereTheBindingIsNotTriedAgain() {
        assertThatThrownBy(() -> run("spring.cloud.stream.binding-retry-interval=0",
                "spring.cloud.stream.zeroipc.bindings.hear-in-0.consumer.capacity=0").close())
                .hasStackTraceContaining("binding cannot have such a queue:"
                        + " binding=spring.cloud.stream.zeroipc.bindings.hear-in-0.consumer, capacity=0");
    }

    @Test
    void shouldTellTheListenerWhatTheBindingSaysOfIt() throws Exception {
        String binding = "spring.cloud.stream.zeroipc.bindings.hear-in-0.consumer.";
        try (ConfigurableApplicationContext context = run(binding + "shutdown-timeout=90s",
                binding + "batch-receive-timeout=70ms", binding + "max-batch-size=7", binding + "enable-dlq=true",
                binding + "dlq-full-action=block",
                "spring.cloud.stream.bindings.hear-in-0.consumer.concurrency=3")) {
            ListenerSettings settings = context.getBean(ChannelListenerEndpointRegistry.class)
                    .getContainer("hear-in-0")
                    .getSettings();
            assertThat(settings.getShutdownTimeout()).isEqualTo(Duration.ofSeconds(90));
            assertThat(settings.getBatchReceiveTimeout()).isEqualTo(Duration.ofMillis(70));
            assertThat(settings.getMaxBatchSize()).isEqualTo(7);
            assertThat(settings.getConcurrency()).isEqualTo(3);
            assertThat(settings.failures().getDeadLetterFullAction()).isEqualTo(DeadLetterFullAction.BLOCK);
            assertThat(settings.failures().getDeadLetterChannel()).isEqualTo("stream.shouts/ears.dlq");
        }
    }

    @Test
    void shouldBindAgainWhenTheCauseOfAFailureIsGone() throws Exception {
        Path taken = directory.resolve("stream.shouts");
        Files.createDirectory(taken);
        try (ConfigurableApplicationContext context = run("spring.cloud.stream.binding-retry-interval=1")) {
            Files.delete(taken);
            // Who sends and who consumes are bound again each by itself: what is said in between is for nobody.
            BlockingQueue<String> heard = heardBy(context);
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                say(context, "hello");
                return "HELLO".equals(heard.poll(1, TimeUnit.SECONDS));
            });
        }
    }

    @Test
    void shouldStartAListenerAgainThatWasStoppedBesideItsBinding() throws Exception {
        try (ConfigurableApplicationContext context = run()) {
            context.getBean(ChannelListenerEndpointRegistry.class).getContainer("hear-in-0").stop();
            say(context, "hello");
            BindingsLifecycleController bindings = context.getBean(BindingsLifecycleController.class);
            bindings.stop("hear-in-0");
            bindings.start("hear-in-0");
            assertThat(heard(context)).isEqualTo("HELLO");
        }
    }

    @Test
    void shouldPauseAndResumeByTheEndpointOfBindings() throws Exception {
        try (ConfigurableApplicationContext context = run()) {
            BindingsEndpoint endpoint = context.getBean(BindingsEndpoint.class);
            endpoint.changeState("hear-in-0", State.PAUSED);
            assertThat(endpoint.queryState("hear-in-0")).allMatch(binding -> binding.isPaused());
            say(context, "hello");
            GroupQueue ears = queue(context, "shouts", "ears");
            await().until(() -> ears.queue().size() == 1);
            endpoint.changeState("hear-in-0", State.RESUMED);
            assertThat(heard(context)).isEqualTo("HELLO");

            context.getBean(BindingsLifecycleController.class).stop("hear-in-0");
            say(context, "again");
            await().until(() -> ears.queue().size() == 1);
            context.getBean(BindingsLifecycleController.class).start("hear-in-0");
            assertThat(heard(context)).isEqualTo("AGAIN");
        }
    }

    @Test
    void shouldGiveTheQueueOfAnAnonymousConsumerBackAtItsEnd() throws Exception {
        try (BinderFixture other = new BinderFixture(directory)) {
            other.produce("shouts", producer -> {});
            DestinationSegment shouts = List.copyOf(other.binder().segments().open()).getFirst();
            try (ConfigurableApplicationContext context = run("spring.cloud.stream.bindings.hear-in-0.group=")) {
                say(context, "hello");
                assertThat(heard(context)).isEqualTo("HELLO");
                assertThat(shouts.groups().queues()).extracting(GroupQueue::toString)
                        .containsExactly("stream.shouts/~anonymous-0");
            }
            assertThat(shouts.groups().queues()).isEmpty();
        }
    }

    @Test
    void shouldBeDownWhenAFileIsRemovedUnderIt() throws Exception {
        try (ConfigurableApplicationContext context = run()) {
            Files.delete(directory.resolve("stream.orders"));
            assertThat(health(context, "zeroipc").getStatus()).isEqualTo(Status.DOWN);
            assertThat(health(context, "zeroipc").toString()).contains("file was replaced or removed");
        }
    }

    @Test
    void shouldHoldTheDefaultsOfAllBindings() throws Exception {
        try (ConfigurableApplicationContext context = run("spring.cloud.stream.zeroipc.default.consumer.capacity=16",
                "spring.cloud.stream.zeroipc.bindings.hear-in-0.consumer.element-size=2KB",
                "spring.cloud.stream.zeroipc.binder.prefix=")) {
            assertThat(queue(context, "orders", "shouting").queue().capacity()).isEqualTo(16);
            assertThat(queue(context, "shouts", "ears").queue().capacity()).isEqualTo(16);
            assertThat(queue(context, "shouts", "ears").queue().elementType()).isEqualTo("frame(2048)");
            assertThat(directory.resolve("orders")).exists();
        }
    }

    @Test
    void shouldKeepApartBindersWithEnvironmentsOfTheirOwn(@TempDir Path other) throws Exception {
        try (ConfigurableApplicationContext context = run("spring.cloud.stream.default-binder=near",
                "spring.cloud.stream.binders.near.type=zeroipc",
                "spring.cloud.stream.binders.near.environment.spring.cloud.stream.zeroipc.binder.capacity=32",
                "spring.cloud.stream.binders.far.type=zeroipc",
                "spring.cloud.stream.binders.far.environment.zeroipc.base-directory=" + other,
                "spring.cloud.stream.bindings.shout-out-0.binder=far",
                "spring.cloud.stream.bindings.hear-in-0.binder=far")) {
            say(context, "hello");
            assertThat(heard(context)).isEqualTo("HELLO");
            assertThat(directory.resolve("stream.orders")).exists();
            assertThat(other.resolve("stream.shouts")).exists();
            assertThat(directory.resolve("stream.shouts")).doesNotExist();
            assertThat(binder(context, "near").getSegments().registry())
                    .isSameAs(context.getBean(SegmentRegistry.class));
            assertThat(binder(context, "far").getSegments().registry())
                    .isNotSameAs(context.getBean(SegmentRegistry.class));
            assertThat(health(context, "near").getStatus()).isEqualTo(Status.UP);
            assertThat(health(context, "far").toString()).contains(other.toString());
        }
    }

    @Test
    void shouldWorkWithoutTheSegmentsOfTheApplication() throws Exception {
        try (ConfigurableApplicationContext context = run("zeroipc.enabled=false")) {
            say(context, "hello");
            assertThat(heard(context)).isEqualTo("HELLO");
            assertThat(directory.resolve("stream.orders")).exists();
        }
    }

    private static GroupQueue queue(ConfigurableApplicationContext context, String destination, String queue) {
        DestinationSegment segment = binder(context, "zeroipc").getSegments()
                .open()
                .stream()
                .filter(each -> each.destination().equals(destination))
                .findFirst()
                .orElseThrow();
        return segment.queues().stream().filter(each -> each.name().text().equals(queue)).findFirst().orElseThrow();
    }
}
