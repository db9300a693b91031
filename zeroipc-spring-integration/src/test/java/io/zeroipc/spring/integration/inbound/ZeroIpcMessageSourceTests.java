package io.zeroipc.spring.integration.inbound;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.StaticMessageHeaderAccessor;
import org.springframework.integration.acks.AcknowledgmentCallback;
import org.springframework.integration.acks.AcknowledgmentCallback.Status;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.integration.channel.MessagePublishingErrorHandler;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.endpoint.SourcePollingChannelAdapter;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.ErrorMessage;
import org.springframework.scheduling.support.PeriodicTrigger;

import io.zeroipc.RoleTakenException;
import io.zeroipc.spring.converter.PayloadConversionException;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.integration.Contexts;
import io.zeroipc.spring.integration.Contexts.Trade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class ZeroIpcMessageSourceTests {

    private static final Trade ONE = new Trade(1, 1);
    private static final Trade TWO = new Trade(2, 2);
    private static final Trade THREE = new Trade(3, 3);

    @TempDir
    private Path directory;

    private void run(ZeroIpcMessageSource source, Contexts.Use use) {
        Contexts.use(directory, source, use);
    }

    private static void restart(ZeroIpcMessageSource source) {
        source.stop();
        source.start();
    }

    private static AcknowledgmentCallback callback(Message<?> message) {
        AcknowledgmentCallback callback = StaticMessageHeaderAccessor.getAcknowledgmentCallback(message);
        assertThat(callback).isNotNull();
        return callback;
    }

    private static Message<?> receive(ZeroIpcMessageSource source) {
        Message<?> message = source.receive();
        assertThat(message).isNotNull();
        return message;
    }

    @Test
    void pollTakesOneElementAndNothingWhenThereIsNone() {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource("market/trades");
        run(source, template -> {
            assertThat(source.receive()).isNull();
            template.send("market/trades", ONE);
            Message<?> message = receive(source);
            assertThat(message.getPayload()).isEqualTo(ONE);
            assertThat(message.getHeaders()).containsEntry(ZeroIpcHeaders.SEGMENT, "market")
                    .containsEntry(ZeroIpcHeaders.STRUCTURE, "trades");
            assertThat(StaticMessageHeaderAccessor.getAcknowledgmentCallback(message)).isNull();
            assertThat(source.receive()).isNull();
        });
    }

    @Test
    void pollWaitsAsLongAsItWasTold() {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource("market/ring");
        source.setReceiveTimeout(Duration.ofMinutes(1));
        run(source, template -> {
            AtomicReference<Message<?>> received = new AtomicReference<>();
            Thread poller = Thread.ofPlatform().start(() -> received.set(source.receive()));
            await().during(Duration.ofMillis(100)).until(poller::isAlive);
            template.send("market/ring", ONE);
            poller.join();
            assertThat(received.get().getPayload()).isEqualTo(ONE);
        });
    }

    @Test
    void stopEndsThePollsThatWait() {
        for (String channel : List.of("market/ring", "market/kept", "market/trades")) {
            ZeroIpcMessageSource source = new ZeroIpcMessageSource(channel);
            source.setReceiveTimeout(Duration.ofHours(1));
            run(source, _ -> {
                List<Throwable> thrown = new CopyOnWriteArrayList<>();
                Thread poller = Thread.ofPlatform().unstarted(source::receive);
                poller.setUncaughtExceptionHandler((_, e) -> thrown.add(e));
                poller.start();
                await().during(Duration.ofMillis(100)).until(poller::isAlive);
                source.stop();
                poller.join();
                assertThat(thrown).isEmpty();
                assertThat(source.isRunning()).isFalse();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"market/ring", "market/kept"})
    void elementWhenAcceptedIsGoneAndOthersComeAgainAtTheNextStart(String channel) {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource(channel);
        run(source, template -> {
            List.of(ONE, TWO, THREE).forEach(trade -> template.send(channel, trade));
            Message<?> first = receive(source);
            Message<?> second = receive(source);
            assertThat(second.getHeaders()).containsEntry(ZeroIpcHeaders.SEQUENCE, 1L);
            callback(first).acknowledge(Status.ACCEPT);
            assertThat(callback(first).isAcknowledged()).isTrue();
            source.stop();
            assertThat(source.receive()).isNull();
            source.start();
            assertThat(receive(source).getPayload()).isEqualTo(TWO);
            assertThat(receive(source).getPayload()).isEqualTo(THREE);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"market/ring", "market/kept"})
    void elementWhenAcceptedBeforeAnotherStaysUntilThatIsDealtWith(String channel) {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource(channel);
        run(source, template -> {
            List.of(ONE, TWO).forEach(trade -> template.send(channel, trade));
            Message<?> first = receive(source);
            callback(receive(source)).acknowledge();
            restart(source);
            assertThat(receive(source).getPayload()).isEqualTo(ONE);
            Message<?> second = receive(source);
            assertThat(second.getPayload()).isEqualTo(TWO);
            // Of a run that is over.
            callback(first).acknowledge();
            restart(source);
            assertThat(receive(source).getPayload()).isEqualTo(ONE);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"market/ring", "market/kept"})
    void elementWhenRejectedIsGone(String channel) {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource(channel);
        run(source, template -> {
            template.send(channel, ONE);
            callback(receive(source)).acknowledge(Status.REJECT);
            restart(source);
            assertThat(source.receive()).isNull();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"market/ring", "market/kept"})
    void elementWhenRequeuedComesWithTheNextPollAndCountsItsAttempts(String channel) {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource(channel);
        run(source, template -> {
            List.of(ONE, TWO).forEach(trade -> template.send(channel, trade));
            Message<?> first = receive(source);
            callback(first).acknowledge(Status.REQUEUE);
            // Once acknowledged it is too late.
            callback(first).acknowledge(Status.ACCEPT);
            Message<?> again = receive(source);
            assertThat(again.getPayload()).isEqualTo(ONE);
            assertThat(again.getHeaders()).containsEntry(ZeroIpcHeaders.DELIVERY_ATTEMPT, 2);
            assertThat(StaticMessageHeaderAccessor.getDeliveryAttempt(again)).hasValue(2);
            callback(again).acknowledge(Status.ACCEPT);
            assertThat(receive(source).getPayload()).isEqualTo(TWO);
            restart(source);
            assertThat(receive(source).getPayload()).isEqualTo(TWO);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"market/ring", "market/kept"})
    void elementsWhenAcknowledgedByOtherThreadsWhileOthersAreTakenAreEachThereOnce(String channel) {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource(channel);
        source.setReceiveTimeout(Duration.ofMillis(1));
        int elements = 5000;
        run(source, template -> {
            FutureTask<Integer> sending = new FutureTask<>(() -> {
                int sent = 0;
                while (sent < elements && template.trySend(channel, new Trade(sent, sent), Duration.ofMinutes(1))) {
                    sent++;
                }
                return sent;
            });
            Thread sender = Thread.ofPlatform().start(sending);
            Set<Object> accepted = ConcurrentHashMap.newKeySet();
            try (ExecutorService acknowledging = Executors.newFixedThreadPool(3)) {
                Random random = new Random(1);
                while (accepted.size() < elements && !(sending.isDone() && sending.get() < elements)) {
                    Message<?> message = source.receive();
                    if (message == null) {
                        continue;
                    }
                    boolean again = random.nextInt(10) == 0;
                    if (!again) {
                        assertThat(accepted.add(message.getPayload())).as(message.toString()).isTrue();
                    }
                    acknowledging.execute(() -> {
                        callback(message).acknowledge(again ? Status.REQUEUE : Status.ACCEPT);
                        callback(message).acknowledge(Status.REQUEUE);
                    });
                }
            }
            sender.join();
            assertThat(accepted).hasSize(elements);
            assertThat(source.receive()).isNull();
            restart(source);
            assertThat(source.receive()).isNull();
        });
    }

    @Test
    void pauseHasPollsGiveNothing() {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource("market/trades");
        run(source, template -> {
            template.send("market/trades", ONE);
            source.pause();
            assertThat(source.isPaused()).isTrue();
            assertThat(source.receive()).isNull();
            source.resume();
            assertThat(receive(source).getPayload()).isEqualTo(ONE);
        });
    }

    @Test
    void elementIsConvertedAndItsEnvelopeOpened() {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource("market/frames");
        source.setPayloadType(String.class);
        run(source, template -> {
            template.send("market/frames", Envelope.of("hello".getBytes(StandardCharsets.UTF_8))
                    .header("_order_id", "4711")
                    .build());
            Message<?> message = receive(source);
            assertThat(message.getPayload()).isEqualTo("hello");
            assertThat(message.getHeaders()).containsEntry("orderId", "4711");
            template.send("market/frames", new byte[] {(byte) 0xC3, 0x28});
            assertThatExceptionOfType(PayloadConversionException.class).isThrownBy(source::receive);
            assertThat(source.receive()).isNull();
        });
    }

    @Test
    void roleWhenSomebodyElseHasItIsRefusedUntilHeStops() {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource("market/ring");
        ZeroIpcMessageSource other = new ZeroIpcMessageSource("market/ring");
        run(source, template -> {
            template.send("market/ring", ONE);
            run(other, _ -> {
                assertThat(other.receive()).isNotNull();
                assertThatExceptionOfType(RoleTakenException.class).isThrownBy(source::receive);
            });
            assertThat(receive(source).getPayload()).isEqualTo(ONE);
        });
    }

    @Test
    void sourceWithATypeThatElementsAreNotIsRefused() {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource("market/trades");
        source.setPayloadType(Integer.class);
        Contexts.market(directory).run(context -> {
            source.setBeanFactory(context.getBeanFactory());
            source.setBeanName("source");
            assertThatExceptionOfType(ElementTypeException.class).isThrownBy(source::afterPropertiesSet)
                    .withMessageContaining("declared by inbound channel adapter source");
        });
    }

    @Test
    void structureThatNothingArrivesAtIsRefused() {
        ZeroIpcMessageSource source = new ZeroIpcMessageSource("market/count");
        Contexts.market(directory)
                .withPropertyValues("zeroipc.segments.market.structures.count.type=counter")
                .run(context -> {
                    source.setBeanFactory(context.getBeanFactory());
                    source.setBeanName("source");
                    source.afterPropertiesSet();
                    assertThatExceptionOfType(UnsupportedChannelTypeException.class).isThrownBy(source::receive)
                            .withMessageContaining("counter");
                    source.destroy();
                });
    }

    @Test
    void pollerAcceptsWhatTheFlowHasProcessedAndRejectsTheRest() {
        Contexts.market(directory).withUserConfiguration(Polling.class).run(context -> {
            ZeroIpcOperations template = context.getBean(ZeroIpcOperations.class);
            List.of(ONE, TWO, THREE).forEach(trade -> template.send("market/ring", trade));
            ErrorMessage error = (ErrorMessage) context.getBean("failed", QueueChannel.class).receive(30_000);
            assertThat(error).isNotNull();
            assertThat(error.getPayload()).hasRootCauseMessage("not this one");
            List<Object> processed = context.getBean(Polling.class).processed;
            await().untilAsserted(() -> assertThat(processed).containsExactly(ONE, THREE));
            SourcePollingChannelAdapter adapter = context.getBean(SourcePollingChannelAdapter.class);
            adapter.stop();
            ZeroIpcMessageSource source = context.getBean(ZeroIpcMessageSource.class);
            assertThat(source.isRunning()).isFalse();
            source.start();
            assertThat(source.receive()).isNull();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Polling {

        private final List<Object> processed = new CopyOnWriteArrayList<>();

        @Bean
        ZeroIpcMessageSource source() {
            return new ZeroIpcMessageSource("market/ring");
        }

        @Bean
        QueueChannel failed() {
            return new QueueChannel();
        }

        @Bean
        SourcePollingChannelAdapter poller(ZeroIpcMessageSource source, QueueChannel failed) {
            DirectChannel out = new DirectChannel();
            out.subscribe(message -> {
                if (message.getPayload().equals(TWO)) {
                    throw new IllegalStateException("not this one");
                }
                processed.add(message.getPayload());
            });
            SourcePollingChannelAdapter adapter = new SourcePollingChannelAdapter();
            adapter.setSource(source);
            adapter.setOutputChannel(out);
            adapter.setTrigger(new PeriodicTrigger(Duration.ofMillis(5)));
            MessagePublishingErrorHandler errors = new MessagePublishingErrorHandler();
            errors.setDefaultErrorChannel(failed);
            adapter.setErrorHandler(errors);
            return adapter;
        }
    }
}
