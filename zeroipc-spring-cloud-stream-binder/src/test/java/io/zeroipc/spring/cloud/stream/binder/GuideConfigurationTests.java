package io.zeroipc.spring.cloud.stream.binder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.example.Trade;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.stream.binder.BinderFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.MessageChannel;

import io.zeroipc.spring.cloud.stream.binder.sample.TradesApplication;

import static org.assertj.core.api.Assertions.assertThat;

/** The configuration of the guide that its sample does not need: dead letters, and records without serialization. */
class GuideConfigurationTests {

    @TempDir
    private Path configuration;

    @TempDir
    private Path segments;

    @BeforeEach
    void write() throws IOException {
        Guide.writeConfiguration(configuration);
    }

    /** Sends one trade, and takes it. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Native {

        @Bean
        BlockingQueue<Trade> booked() {
            return new LinkedBlockingQueue<>();
        }

        @Bean
        Supplier<Trade> trades() {
            AtomicBoolean sent = new AtomicBoolean();
            return () -> sent.getAndSet(true) ? null : new Trade(1, 100, 12.5);
        }

        @Bean
        Consumer<Trade> book(BlockingQueue<Trade> booked) {
            return booked::add;
        }
    }

    private ConfigurableApplicationContext run(Class<?> application, String profile, String functions) {
        return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
                .run("--spring.config.location=" + configuration + "/", "--spring.profiles.active=" + profile,
                        "--spring.cloud.function.definition=" + functions, "--zeroipc.base-directory=" + segments,
                        "--spring.main.banner-mode=off");
    }

    private static Set<String> queues(ConfigurableApplicationContext context, String destination) {
        ZeroIpcMessageChannelBinder binder = (ZeroIpcMessageChannelBinder) (Object) context.getBean(BinderFactory.class)
                .getBinder("zeroipc", MessageChannel.class);
        return binder.getSegments()
                .open()
                .stream()
                .filter(segment -> segment.destination().equals(destination))
                .flatMap(segment -> segment.queues().stream())
                .map(queue -> queue.name() + " of " + queue.queue().elementType())
                .collect(Collectors.toSet());
    }

    @Test
    void shouldMakeTheQueueOfDeadLetters() {
        try (ConfigurableApplicationContext context = run(TradesApplication.class, "dlq", "book;ledger")) {
            assertThat(queues(context, "trades")).containsExactlyInAnyOrder("booking of frame(1024)",
                    "booking.dlq of frame(2052)");
            assertThat(queues(context, "bookings")).containsExactly("ledger of frame(1024)");
        }
    }

    @Test
    @SuppressWarnings("unchecked") // made above
    void shouldCarryRecordsAsTheirBytes() throws Exception {
        try (ConfigurableApplicationContext context = run(Native.class, "native", "trades;book")) {
            assertThat(((BlockingQueue<Trade>) context.getBean("booked")).poll(1, TimeUnit.MINUTES))
                    .isEqualTo(new Trade(1, 100, 12.5));
            assertThat(queues(context, "trades")).containsExactly("booking of io.example.Trade");
        }
    }
}
