package io.zeroipc.spring.cloud.stream.binder;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.cloud.stream.binder.HeaderMode;
import org.springframework.cloud.stream.provisioning.ProvisioningException;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.StaticMessageHeaderAccessor;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.MessageBuilder;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.spring.listener.AckMode;

import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.message;
import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** What a consumer's binding makes of its properties: attempts, dead letters, batches, elements, pauses. */
class ConsumingTests {

    @TempDir
    private Path directory;

    private BinderFixture binder;
    private final BlockingQueue<Message<?>> got = new LinkedBlockingQueue<>();

    @BeforeEach
    void open() {
        binder = new BinderFixture(directory);
    }

    @AfterEach
    void close() {
        binder.close();
    }

    private Message<?> next() throws InterruptedException {
        Message<?> message = got.poll(1, TimeUnit.MINUTES);
        assertThat(message).isNotNull();
        return message;
    }

    @Test
    void shouldCarryHeaders() throws Exception {
        binder.consume("orders", "billing", got::add, consumer -> {});
        binder.produce("orders", producer -> {})
                .send(MessageBuilder.withPayload("x".getBytes(StandardCharsets.UTF_8))
                        .setHeader(MessageHeaders.CONTENT_TYPE, "text/plain")
                        .setHeader("customerId", 42)
                        .setHeader("Größe", "Ü")
                        .setHeader(BinderHeaders.PARTITION_HEADER, 3)
                        .build());
        Message<?> received = next();
        assertThat(received.getHeaders()).containsEntry(MessageHeaders.CONTENT_TYPE, "text/plain")
                .containsEntry("customerId", "42")
                .containsEntry("Größe", "Ü")
                .doesNotContainKey(BinderHeaders.PARTITION_HEADER);
    }

    @Test
    void shouldTryAgainAsOftenAsTheBindingSays() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        binder.consume("orders", "billing", message -> {
            if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            got.add(message);
        }, consumer -> {
            consumer.setMaxAttempts(3);
            consumer.setBackOffInitialInterval(1);
        });
        binder.produce("orders", producer -> {}).send(message("x"));
        assertThat(text(next())).isEqualTo("x");
        assertThat(attempts).hasValue(3);
    }

    @Test
    void shouldTakeAndGiveAtAnyTimeWhileItIsStoppedAndStarted() throws Exception {
        Set<String> processed = ConcurrentHashMap.newKeySet();
        var binding = binder.consume("orders", "billing", message -> processed.add(text(message)),
                consumer -> consumer.setConcurrency(2));
        DirectChannel output = binder.produce("orders", producer -> {});
        Thread sender = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 20_000; i++) {
                output.send(message("m" + i));
            }
        });
        for (int i = 0; i < 20; i++) {
            binding.stop();
            binding.start();
            binding.pause();
            binding.resume();
        }
        sender.join();
        await().until(() -> processed.size() == 20_000);
        assertThat(queue("billing").size()).isZero();
    }

    @Test
    void shouldKeepWhatIsNotAcknowledged() throws Exception {
        var binding = binder.consume("orders", "billing", got::add,
                consumer -> consumer.getExtension().setAckMode(AckMode.MANUAL));
        DirectChannel output = binder.produce("orders", producer -> {});
        output.send(message("a"));
        output.send(message("b"));
        Message<?> first = next();
        assertThat(text(next())).isEqualTo("b");
        StaticMessageHeaderAccessor.getAcknowledgment(first).acknowledge();
        binding.stop();
        binding.start();
        assertThat(text(next())).isEqualTo("b");
        assertThat(got).isEmpty();
    }

    @Test
    void shouldRemoveWhatWasTakenWhereNothingIsAcknowledged() throws Exception {
        binder.consume("orders", "billing", message -> {
            got.add(message);
            throw new IllegalStateException("lost");
        }, consumer -> consumer.getExtension().setAckMode(AckMode.NONE));
        binder.produce("orders", producer -> {}).send(message("a"));
        assertThat(next().getHeaders()).doesNotContainKey(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK);
        await().until(() -> !queue("billing").isFull() && queue("billing").isEmpty());
    }

    @Test
    void shouldMakeABatchWithAPoisonousMessageDeadLetters() throws Exception {
        DirectChannel output = binder.produce("orders", producer -> producer.setRequiredGroups("billing"));
        for (int i = 0; i < 3; i++) {
            output.send(message(i == 1 ? "poison" : "m" + i));
        }
        binder.consume("orders", "billing", batch -> {
            if (((List<?>) batch.getPayload()).stream()
                    .anyMatch(each -> new String((byte[]) each,
                            StandardCharsets.UTF_8).equals("poison"))) {
                throw new IllegalStateException("poison");
            }
        }, consumer -> {
            consumer.setBatchMode(true);
            consumer.getExtension().setEnableDlq(true);
        });
        binder.consume("orders", "billing.dlq", got::add, consumer -> {});
        Set<String> letters = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            Message<?> letter = next();
            letters.add(text(letter));
            assertThat(letter.getHeaders()).containsEntry("cause-message", "poison");
        }
        assertThat(letters).containsExactlyInAnyOrder("m0", "poison", "m2");
    }

    @Test
    void shouldNotTryAgainWhatIsNotRetryable() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        binder.consume("orders", "billing", message -> {
            attempts.incrementAndGet();
            throw new IllegalArgumentException("never");
        }, consumer -> {
            consumer.setMaxAttempts(3);
            consumer.setRetryableExceptions(Map.of(IllegalArgumentException.class, false));
            consumer.getExtension().setEnableDlq(true);
        });
        binder.consume("orders", "billing.dlq", got::add, consumer -> {});
        binder.produce("orders", producer -> {}).send(message("x"));
        next();
        assertThat(attempts).hasValue(1);
    }

    @Test
    void shouldSendToTheDeadLettersWhatCannotBeProcessed() throws Exception {
        binder.consume("orders", "billing", message -> {
            throw new IllegalStateException("no such customer");
        }, consumer -> {
            consumer.setMaxAttempts(2);
            consumer.setBackOffInitialInterval(1);
            consumer.getExtension().setEnableDlq(true);
        });
        binder.consume("orders", "billing.dlq", got::add, consumer -> {});
        DirectChannel output = binder.produce("orders", producer -> {});
        output.send(MessageBuilder.fromMessage(message("x")).setHeader("customerId", 42).build());
        Message<?> letter = next();
        assertThat(text(letter)).isEqualTo("x");
        assertThat(letter.getHeaders()).containsEntry("customerId", "42")
                .containsEntry("source-channel", "stream.orders/billing")
                .containsEntry("attempts", "2")
                .containsKey("cause-class")
                .hasEntrySatisfying("cause-message",
                        cause -> assertThat((String) cause).contains("no such customer"));
        // It is no group of its own.
        output.send(message("y"));
        assertThat(text(next())).isEqualTo("y");
        assertThat(got).isEmpty();
    }

    @Test
    void shouldSendDeadLettersToAnotherDestination() throws Exception {
        binder.consume("orders", "billing", message -> {
            throw new IllegalStateException("no such customer");
        }, consumer -> {
            consumer.getExtension().setEnableDlq(true);
            consumer.getExtension().setDlqDestination("failures");
        });
        binder.consume("failures", "billing", got::add, consumer -> {});
        binder.produce("orders", producer -> {}).send(message("x"));
        assertThat(text(next())).isEqualTo("x");
    }

    @Test
    void shouldHaveRoomForTheLargestLetterWhoeverComesFirst() throws Exception {
        binder.consume("orders", "billing.dlq", got::add, consumer -> {});
        binder.consume("orders", "billing", message -> {
            throw new IllegalStateException("why ".repeat(1000));
        }, consumer -> consumer.getExtension().setEnableDlq(true));
        String largest = "x".repeat(1024 - 16);
        binder.produce("orders", producer -> {}).send(message(largest));
        Message<?> letter = next();
        assertThat(text(letter)).isEqualTo(largest);
        assertThat((String) letter.getHeaders().get("cause-message")).startsWith("why why").endsWith("[cut]");
    }

    @Test
    void shouldRefuseQueuesThatAreTooSmallForDeadLetters() {
        binder.consume("failures", "billing", got::add, consumer -> {});
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> binder.consume("orders", "billing", got::add, consumer -> {
                    consumer.getExtension().setEnableDlq(true);
                    consumer.getExtension().setDlqDestination("failures");
                }))
                .withMessageContaining("queue is too small for dead letters: ")
                .withMessageContaining("dead letters=stream.failures/billing, elements=frame(1024),"
                        + " messages=frame(1024) (expected: frame(2052)");
    }

    @Test
    void shouldSendNoHeadersWhereTheBindingSaysSo() throws Exception {
        binder.consume("orders", "billing", got::add, consumer -> {});
        binder.produce("orders", producer -> producer.setHeaderMode(HeaderMode.none))
                .send(MessageBuilder.fromMessage(message("x")).setHeader("customerId", 42).build());
        assertThat(next().getHeaders()).doesNotContainKey("customerId");
    }

    @Test
    void shouldTakeBatches() throws Exception {
        DirectChannel output = binder.produce("orders", producer -> producer.setRequiredGroups("billing"));
        for (int i = 0; i < 5; i++) {
            output.send(MessageBuilder.fromMessage(message("m" + i)).setHeader("number", i).build());
        }
        binder.consume("orders", "billing", got::add, consumer -> {
            consumer.setBatchMode(true);
            consumer.getExtension().setMaxBatchSize(3);
        });
        Message<?> first = next();
        Message<?> second = next();
        assertThat((List<?>) first.getPayload()).hasSize(3).allMatch(byte[].class::isInstance);
        assertThat((List<?>) second.getPayload()).hasSize(2);
        assertThat(first.getHeaders().get(BinderHeaders.BATCH_HEADERS)).asInstanceOf(
                InstanceOfAssertFactories.list(Map.class))
                .extracting(headers -> headers.get("number"))
                .containsExactly("0", "1", "2");
    }

    @Test
    void shouldCarryElementsAsTheirBytes() throws Exception {
        binder.consume("readings", "charts", got::add, consumer -> {
            consumer.setUseNativeDecoding(true);
            consumer.getExtension().setElementType(Reading.class.getName());
        });
        binder.produce("readings", producer -> producer.setUseNativeEncoding(true))
                .send(MessageBuilder.withPayload(new Reading(7, 21.5)).build());
        assertThat(next().getPayload()).isEqualTo(new Reading(7, 21.5));
        GroupQueue queue = List.copyOf(binder.binder().segments().open()).getFirst().queues().getFirst();
        assertThat(queue.queue().elementSize()).isEqualTo(16);
    }

    @Test
    void shouldOpenDeadLettersOfElements() throws Exception {
        binder.consume("readings", "charts", message -> {
            throw new IllegalStateException("out of range");
        }, consumer -> {
            consumer.setUseNativeDecoding(true);
            consumer.getExtension().setElementType(Reading.class.getName());
            consumer.getExtension().setEnableDlq(true);
        });
        binder.consume("readings", "charts.dlq", got::add, consumer -> {});
        binder.produce("readings", producer -> producer.setUseNativeEncoding(true))
                .send(MessageBuilder.withPayload(new Reading(7, 21.5)).build());
        assertThat(next().getPayload()).isEqualTo(new Reading(7, 21.5));
    }

    @Test
    void shouldPauseAndResume() throws Exception {
        var binding = binder.consume("orders", "billing", got::add, consumer -> {});
        DirectChannel output = binder.produce("orders", producer -> {});
        output.send(message("a"));
        next();
        binding.pause();
        await().until(() -> queue("billing").size() == 0);
        assertThat(binding.isPaused()).isTrue();
        output.send(message("b"));
        assertThat(queue("billing").size()).isEqualTo(1);
        binding.resume();
        assertThat(text(next())).isEqualTo("b");
    }

    @Test
    void shouldStartAgainWhereItWas() throws Exception {
        var binding = binder.consume("orders", "billing", got::add, consumer -> consumer.getExtension()
                .setShutdownTimeout(Duration.ofSeconds(5)));
        DirectChannel output = binder.produce("orders", producer -> {});
        binding.stop();
        output.send(message("a"));
        assertThat(got).isEmpty();
        binding.start();
        assertThat(text(next())).isEqualTo("a");
    }

    @Test
    void shouldShareAGroupsMessagesAmongItsInstances() throws Exception {
        try (BinderFixture other = new BinderFixture(directory)) {
            AtomicInteger one = new AtomicInteger();
            AtomicInteger two = new AtomicInteger();
            binder.consume("orders", "billing", message -> {
                one.incrementAndGet();
                got.add(message);
            }, consumer -> consumer.setConcurrency(2));
            other.consume("orders", "billing", message -> {
                two.incrementAndGet();
                got.add(message);
            }, consumer -> {});
            DirectChannel output = binder.produce("orders", producer -> {});
            for (int i = 0; i < 100; i++) {
                output.send(message("m" + i));
            }
            for (int i = 0; i < 100; i++) {
                next();
            }
            assertThat(one.get() + two.get()).isEqualTo(100);
            assertThat(got).isEmpty();
        }
    }

    private SharedQueue<Object> queue(String name) {
        return List.copyOf(binder.binder().segments().open())
                .getFirst()
                .queues()
                .stream()
                .filter(queue -> queue.name().text().equals(name))
                .findFirst()
                .orElseThrow()
                .queue();
    }
}
