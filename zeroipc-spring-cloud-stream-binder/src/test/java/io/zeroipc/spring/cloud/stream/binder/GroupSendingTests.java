package io.zeroipc.spring.cloud.stream.binder;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.stream.binder.BinderException;
import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.HeaderMode;
import org.springframework.cloud.stream.provisioning.ProvisioningException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.unit.DataSize;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.spring.cloud.stream.binder.properties.FullAction;
import io.zeroipc.spring.cloud.stream.binder.provisioning.DestinationSegment;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.RoomWaits;

import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.message;
import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** Who gets a message, and what happens when somebody has no room for it. */
class GroupSendingTests {

    @TempDir
    private Path directory;

    private BinderFixture here;
    private BinderFixture there;

    @BeforeEach
    void open() {
        here = new BinderFixture(directory, "capacity=4");
        there = new BinderFixture(directory, "capacity=4");
    }

    @AfterEach
    void close() {
        there.close();
        here.close();
    }

    @Test
    void shouldGiveNobodyAMessageThatOneGroupHasNoRoomFor() {
        DirectChannel output = here.produce("orders", producer -> {
            producer.setRequiredGroups("one", "two");
            producer.getExtension().setFullAction(FullAction.FAIL);
        });
        for (int i = 0; i < 4; i++) {
            output.send(message("m" + i));
        }
        queue("two").poll();

        assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> output.send(message("late")))
                .withMessageContaining("group has no room for the message: destination=orders, queue=one, capacity=4")
                .withMessageContaining("full-action=drop");
        assertThat(queue("one").size()).isEqualTo(4);
        assertThat(queue("two").size()).isEqualTo(3);
    }

    @Test
    void shouldWaitForRoomAsLongAsTheTimeoutSays() {
        DirectChannel output = here.produce("orders", producer -> {
            producer.setRequiredGroups("one");
            producer.getExtension().setSendTimeout(Duration.ofMillis(50));
        });
        for (int i = 0; i < 4; i++) {
            output.send(message("m" + i));
        }
        assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> output.send(message("late")))
                .withMessageContaining("waited=");
    }

    @Test
    void shouldGoOnWhenThereIsRoomAgain() throws Exception {
        DirectChannel output = here.produce("orders", producer -> {
            producer.setRequiredGroups("one", "two");
            producer.getExtension().setSendTimeout(Duration.ZERO);
        });
        for (int i = 0; i < 4; i++) {
            output.send(message("m" + i));
        }
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> output.send(message("m4")));
        queue("one").poll();
        assertThat(queue("two").size()).isEqualTo(4);
        queue("two").poll();
        assertThat(waiting.get(1, TimeUnit.MINUTES)).isTrue();
        assertThat(queue("one").size()).isEqualTo(4);
        assertThat(queue("two").size()).isEqualTo(4);
    }

    @Test
    void shouldDropForTheGroupThatHasNoRoomAlone() {
        DirectChannel output = here.produce("orders", producer -> {
            producer.setRequiredGroups("one", "two");
            producer.getExtension().setFullAction(FullAction.DROP);
        });
        for (int i = 0; i < 4; i++) {
            output.send(message("m" + i));
        }
        queue("two").poll();
        output.send(message("late"));

        assertThat(queue("one").size()).isEqualTo(4);
        assertThat(queue("two").size()).isEqualTo(4);
        assertThat(here.binder().segments().registry().operations(find("one").channel()).full()).isEqualTo(1);
        assertThat(here.binder().segments().registry().operations(find("two").channel()).sent()).isEqualTo(5);
    }

    @Test
    void shouldFindAGroupThatComesLater() throws Exception {
        DirectChannel output = here.produce("orders", producer -> {});
        output.send(message("to nobody"));
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        there.consume("orders", "late", received -> got.add(text(received)), consumer -> {});
        output.send(message("to the first"));
        BlockingQueue<String> other = new LinkedBlockingQueue<>();
        there.consume("orders", null, received -> other.add(text(received)), consumer -> {});
        output.send(message("to both"));

        assertThat(got.poll(1, TimeUnit.MINUTES)).isEqualTo("to the first");
        assertThat(got.poll(1, TimeUnit.MINUTES)).isEqualTo("to both");
        assertThat(other.poll(1, TimeUnit.MINUTES)).isEqualTo("to both");
    }

    @Test
    void shouldUseTheQueueOfAnAnonymousConsumerAgain() throws Exception {
        DirectChannel output = here.produce("orders", producer -> {});
        for (int i = 0; i < 10; i++) {
            BlockingQueue<String> got = new LinkedBlockingQueue<>();
            var binding = there.consume("orders", null, received -> got.add(text(received)), consumer -> {});
            output.send(message("for " + i));
            assertThat(got.poll(1, TimeUnit.MINUTES)).isEqualTo("for " + i);
            binding.unbind();
            output.send(message("for nobody"));
            assertThat(got).isEmpty();
        }
        assertThat(destination().queues()).extracting(queue -> queue.name().text()).containsExactly("~anonymous-0");
        assertThat(destination().groups().queues()).isEmpty();
    }

    @Test
    void shouldNameSizeAndPropertyWhenAMessageIsTooLarge() {
        DirectChannel output = here.produce("orders", producer -> producer.setRequiredGroups("one"));
        assertThatExceptionOfType(MessageDeliveryException.class)
                .isThrownBy(() -> output.send(message("x".repeat(2000))))
                .withMessageContaining("message is too large: destination=orders, queue=one, bytes=2016, of these"
                        + " payload=2000 (expected: at most 1024 bytes; set element-size");
    }

    @Test
    void shouldSendToThePartitionOfAMessage() {
        there.consume("orders", "parts", received -> {}, consumer -> {
            consumer.setPartitioned(true);
            consumer.setInstanceCount(2);
            consumer.setInstanceIndex(1);
            consumer.setAutoStartup(false);
        });
        DirectChannel output = here.produce("orders", producer -> {
            producer.setPartitionKeyExpression(new SpelExpressionParser().parseExpression("payload"));
            producer.setPartitionCount(3);
        });
        output.send(partitioned("a", 0));
        output.send(partitioned("b", 1));

        assertThat(queue("parts-0").size()).isEqualTo(1);
        assertThat(queue("parts-1").size()).isEqualTo(1);
        assertThatExceptionOfType(MessageDeliveryException.class).isThrownBy(() -> output.send(partitioned("c", 2)))
                .withMessageContaining("group has no queue for a partition: destination=orders, group=parts,"
                        + " partition=2, partitions=[0, 1]");
        DirectChannel plain = here.produce("orders", producer -> {});
        assertThatExceptionOfType(MessageDeliveryException.class).isThrownBy(() -> plain.send(message("d")))
                .withMessageContaining("message has no partition, and a group consumes in partitions");
    }

    @Test
    void shouldClaimNothingWhereAnotherGroupKeepsWhatItIsProcessing() throws Exception {
        CountDownLatch processed = new CountDownLatch(1);
        CountDownLatch processing = new CountDownLatch(1);
        there.consume("orders", "two", received -> {
            processing.countDown();
            try {
                processed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, consumer -> {});
        DirectChannel output = here.produce("orders", producer -> {
            producer.setRequiredGroups("one", "two");
            producer.getExtension().setFullAction(FullAction.FAIL);
        });
        output.send(message("m0"));
        assertThat(processing.await(1, TimeUnit.MINUTES)).isTrue();
        for (int i = 1; i < 4; i++) {
            output.send(message("m" + i));
        }
        queue("one").poll();
        assertThat(queue("two").size()).isEqualTo(3);
        try {
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(MessageTimeoutException.class)
                        .isThrownBy(() -> output.send(message("late")))
                        .withMessageContaining("queue=two");
            }
            // What is claimed and given back is one more position for the others to step over.
            assertThat(queue("one").size()).isEqualTo(3);
        } finally {
            processed.countDown();
        }
    }

    @Test
    void shouldGiveAMessageToAllGroupsOrToNoneWhoeverElseSends() throws Exception {
        int senders = 3;
        int each = 2000;
        List<Set<String>> got = List.of(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet(),
                ConcurrentHashMap.newKeySet());
        for (int i = 0; i < got.size(); i++) {
            Set<String> mine = got.get(i);
            (i == 0 ? here : there).consume("orders", "group" + i, received -> mine.add(text(received)),
                    consumer -> {});
        }
        Set<String> sent = ConcurrentHashMap.newKeySet();
        LongAdder failed = new LongAdder();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            String name = "s" + i + "-";
            DirectChannel output = (i == 0 ? there : here).produce("orders",
                    producer -> producer.getExtension().setFullAction(FullAction.FAIL));
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    try {
                        output.send(message(name + n));
                        sent.add(name + n);
                    } catch (MessageTimeoutException e) {
                        failed.increment();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(sent.size() + failed.sum()).isEqualTo((long) senders * each);
        for (Set<String> group : got) {
            await().untilAsserted(() -> assertThat(group).hasSameSizeAs(sent));
            assertThat(group).isEqualTo(sent);
        }
    }

    @Test
    void shouldNotSendIntoAFileThatIsGone() throws Exception {
        DirectChannel output = here.produce("orders", producer -> {
            producer.setRequiredGroups("one");
            producer.getExtension().setFullAction(FullAction.DROP);
        });
        output.send(message("m0"));
        Files.delete(directory.resolve("stream.orders"));
        await().untilAsserted(() -> assertThatExceptionOfType(MessageDeliveryException.class)
                .isThrownBy(() -> output.send(message("lost")))
                .withMessageContaining("orders"));
    }

    @Test
    void shouldGiveUpTheWaitForRoomInAFileThatIsGone() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        FutureTask<Boolean> sending = sendLateSupervised(() -> {
            waiting.countDown();
            return false;
        });
        assertThat(waiting.await(1, TimeUnit.MINUTES)).isTrue();
        Files.delete(directory.resolve("stream.orders"));
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> sending.get(1, TimeUnit.MINUTES))
                .havingCause()
                .isInstanceOf(MessageDeliveryException.class);
    }

    @Test
    void shouldGiveUpTheWaitForRoomWhenWhoeverLendsTheThreadSaysSo() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        FutureTask<Boolean> sending = sendLateSupervised(() -> {
            waiting.countDown();
            return over.get();
        });
        assertThat(waiting.await(1, TimeUnit.MINUTES)).isTrue();
        over.set(true);
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> sending.get(1, TimeUnit.MINUTES))
                .havingCause()
                .isInstanceOf(MessageTimeoutException.class);
        assertThat(here.binder().segments().registry().operations(find("one").channel()).full()).isEqualTo(1);
    }

    /** Sends to a group that has no room and never will, for as long as the thread is lent. */
    private FutureTask<Boolean> sendLateSupervised(BooleanSupplier isOver) {
        DirectChannel output = here.produce("orders", producer -> {
            producer.setRequiredGroups("one");
            producer.getExtension().setSendTimeout(Duration.ZERO);
        });
        for (int i = 0; i < 4; i++) {
            output.send(message("m" + i));
        }
        RoomWaits.Supervisor supervisor = new RoomWaits.Supervisor() {
            @Override
            public void begins(ChannelName channel, Runnable lookAgain) {
                assertThat(channel).isEqualTo(new ChannelName("stream.orders", "one"));
            }

            @Override
            public void ends() {
            }

            @Override
            public boolean isOver() {
                return isOver.getAsBoolean();
            }
        };
        FutureTask<Boolean> sending = new FutureTask<>(
                () -> RoomWaits.supervised(supervisor, () -> output.send(message("late"))), true);
        Thread.ofPlatform().daemon().start(sending);
        return sending;
    }

    @Test
    void shouldGiveNobodyAnElementThatOneGroupCannotHold() {
        for (String type : List.of("string(16)", "string(4)")) {
            there.consume("readings", "of" + type.length(), received -> {}, consumer -> {
                consumer.setAutoStartup(false);
                consumer.setUseNativeDecoding(true);
                consumer.getExtension().setElementType(type);
            });
        }
        DirectChannel output = here.produce("readings", producer -> producer.setUseNativeEncoding(true));
        assertThatExceptionOfType(MessageHandlingException.class)
                .isThrownBy(() -> output.send(MessageBuilder.withPayload("too long").build()));
        output.send(MessageBuilder.withPayload("fits").build());
        for (String queue : List.of("of10", "of9")) {
            // A claim that was not given back would hold up whatever comes behind it.
            assertThat(queue(queue).poll()).isEqualTo("fits");
            assertThat(queue(queue).poll()).isNull();
        }
    }

    @Test
    void shouldGiveAnAnonymousConsumerNothingThatWasSentBefore() {
        there.consume("orders", null, received -> {}, consumer -> consumer.setAutoStartup(false));
        DirectChannel output = here.produce("orders", producer -> {});
        output.send(message("m0"));
        assertThat(find("~anonymous-0").queue().size()).isEqualTo(1);
        // As the end of its process leaves it.
        there.binder().cleanup();
        BinderFixture next = new BinderFixture(directory, "capacity=4");
        try {
            next.consume("orders", null, received -> {}, consumer -> consumer.setAutoStartup(false));
            assertThat(find("~anonymous-0").isOwned()).isTrue();
            assertThat(find("~anonymous-0").queue().size()).isZero();
        } finally {
            next.close();
        }
    }

    @Test
    void shouldServeAnonymousConsumersThatComeAndGoAtOnce() throws Exception {
        DirectChannel output = here.produce("orders", producer -> {});
        AtomicBoolean over = new AtomicBoolean();
        Thread sender = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                output.send(message("to whoever is there"));
            }
        });
        List<FutureTask<Integer>> all = new ArrayList<>();
        for (BinderFixture binder : List.of(here, there, there)) {
            // Its error channel is called so.
            String name = "in-" + all.size();
            FutureTask<Integer> task = new FutureTask<>(() -> comeAndGo(binder, name));
            all.add(task);
            Thread.ofPlatform().start(task);
        }
        try {
            for (FutureTask<Integer> task : all) {
                assertThat(task.get(2, TimeUnit.MINUTES)).isEqualTo(50);
            }
        } finally {
            over.set(true);
            sender.join();
        }
        assertThat(destination().groups().queues()).isEmpty();
        assertThat(destination().queues()).hasSizeLessThanOrEqualTo(3);
    }

    private static int comeAndGo(BinderFixture binder, String name) throws InterruptedException {
        int served = 0;
        for (int i = 0; i < 50; i++) {
            CountDownLatch got = new CountDownLatch(1);
            Binding<?> binding = binder.consume("orders", null, received -> got.countDown(),
                    consumer -> consumer.populateBindingName(name));
            if (got.await(1, TimeUnit.MINUTES)) {
                served++;
            }
            binding.unbind();
        }
        return served;
    }

    @Test
    void shouldFindRecordsFromAThreadThatDoesNotSeeThem() throws Exception {
        there.consume("readings", "charts", received -> {}, consumer -> {
            consumer.setAutoStartup(false);
            consumer.setUseNativeDecoding(true);
            consumer.getExtension().setElementType(Reading.class.getName());
        });
        DirectChannel output = here.produce("readings", producer -> producer.setUseNativeEncoding(true));
        FutureTask<Boolean> sending = new FutureTask<>(
                () -> output.send(MessageBuilder.withPayload(new Reading(7, 21.5)).build()));
        Thread sender = new Thread(sending);
        sender.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        sender.start();
        assertThat(sending.get(1, TimeUnit.MINUTES)).isTrue();
        sender.join();
        assertThat(queue("charts").poll()).isEqualTo(new Reading(7, 21.5));
    }

    @Test
    void shouldRefuseAGroupThatIsPartitionedForSomeAlone() {
        here.produce("orders", producer -> producer.setRequiredGroups("one"));
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> there.consume("orders", "one", received -> {}, consumer -> {
                    consumer.setPartitioned(true);
                    consumer.setInstanceCount(2);
                    consumer.setInstanceIndex(0);
                }))
                .withMessageContaining("group is there without partitions: destination=orders, group=one, queues=[one]")
                .withMessageContaining("partitioned alike");
        there.consume("orders", "parts", received -> {}, consumer -> {
            consumer.setPartitioned(true);
            consumer.setInstanceCount(2);
            consumer.setInstanceIndex(0);
        });
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> here.produce("orders", producer -> producer.setRequiredGroups("parts")))
                .withMessageContaining("group is there in partitions: destination=orders, group=parts,"
                        + " queues=[parts-0, parts-1]");
        // Dead letters are of the group, however it is divided.
        there.consume("orders", "parts.dlq", received -> {}, consumer -> {});
    }

    @Test
    void shouldLeaveNoQueueOfAnAnonymousConsumerThatCannotBeBound() {
        here.produce("orders", producer -> {});
        for (int i = 0; i < 20; i++) {
            assertThatExceptionOfType(BinderException.class)
                    .isThrownBy(() -> there.consume("orders", null, received -> {},
                            consumer -> consumer.setHeaderMode(HeaderMode.embeddedHeaders)))
                    .withStackTraceContaining("headers cannot be embedded");
        }
        assertThat(destination().groups().queues()).isEmpty();
        assertThat(destination().queues()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void shouldTellTheErrorChannelOfElementsThatCannotBe() {
        there.consume("readings", "charts", received -> {}, consumer -> {
            consumer.setAutoStartup(false);
            consumer.setUseNativeDecoding(true);
            consumer.getExtension().setElementType("string(4)");
        });
        List<Object> failures = new ArrayList<>();
        DirectChannel output = here.produce("readings", producer -> {
            producer.setUseNativeEncoding(true);
            producer.setErrorChannelEnabled(true);
            producer.populateBindingName("readings-out-0");
        });
        here.subscribeToErrors("readings-out-0", failure -> failures.add(failure.getPayload()));
        output.send(MessageBuilder.withPayload("too long").build());
        assertThat(failures).singleElement()
                .asInstanceOf(InstanceOfAssertFactories.type(MessageHandlingException.class))
                .satisfies(failure -> {
                    assertThat(failure).hasMessageContaining("message was not sent: destination=readings");
                    assertThat(failure.getFailedMessage()).isNotNull();
                });
    }

    @Test
    void shouldRefuseToMixMessagesAndElements() {
        here.produce("orders", producer -> producer.setRequiredGroups("one"));
        DirectChannel output = here.produce("orders", producer -> producer.setUseNativeEncoding(true));
        assertThatExceptionOfType(MessageHandlingException.class)
                .isThrownBy(() -> output.send(MessageBuilder.withPayload(1L).build()))
                .withMessageContaining("group takes something else: destination=orders, queue=one,"
                        + " elements=frame(1024), payload=java.lang.Long, use-native-encoding=true");
    }

    @Test
    void shouldRefuseQueuesThatCannotBe() {
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> here.produce("a/b", producer -> {}))
                .withMessageContaining("destination cannot be a segment: destination=a/b");
        // Files that stand beside the one of another destination.
        for (String name : List.of("orders.zipc", "orders.zipc-live", "orders.zipc-tmp")) {
            assertThatExceptionOfType(ProvisioningException.class).isThrownBy(() -> here.produce(name, producer -> {}))
                    .withMessageContaining("destination cannot be a segment: destination=" + name);
        }
        here.produce("orders", producer -> producer.setRequiredGroups("one"));
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> there.consume("orders", "one", received -> {},
                        consumer -> consumer.getExtension().setElementSize(DataSize.ofKilobytes(2))))
                .withMessageContaining("queue is there and has other elements: destination=orders, queue=one,"
                        + " elements=frame(1024)");
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> there.consume("orders", "one", received -> {},
                        consumer -> consumer.getExtension().setCapacity(16)))
                .withMessageContaining("queue is there and has another capacity: destination=orders, queue=one,"
                        + " capacity=4");
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> there.consume("orders", "one", received -> {},
                        consumer -> consumer.setUseNativeDecoding(true)))
                .withMessageContaining("native elements have no type");
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> there.consume("orders", null, received -> {},
                        consumer -> consumer.getExtension().setEnableDlq(true)))
                .withMessageContaining("consumer has no group whose dead letters these would be");
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> there.consume("orders", "one", received -> {}, consumer -> {
                    consumer.setPartitioned(true);
                    consumer.setInstanceCount(2);
                    consumer.setInstanceIndex(2);
                }))
                .withMessageContaining("instance consumes no partition");
    }

    @Test
    void shouldSayHowToMakeRoomForMoreGroups() {
        here.produce("orders", producer -> producer.setRequiredGroups("1", "2", "3", "4", "5", "6", "7", "8"));
        assertThatExceptionOfType(ProvisioningException.class)
                .isThrownBy(() -> here.produce("orders",
                        producer -> producer.setRequiredGroups("9", "10", "11", "12", "13", "14", "15", "16")))
                .withMessageContaining("destination has no room for another queue: destination=orders, queue=1")
                .withMessageContaining("spring.cloud.stream.zeroipc.binder.queues");
        // The others go on.
        assertThat(destination().groups().queues()).hasSizeGreaterThanOrEqualTo(8);
    }

    private static Message<byte[]> partitioned(String text, int partition) {
        return MessageBuilder.fromMessage(message(text))
                .setHeader(BinderHeaders.PARTITION_HEADER, partition)
                .build();
    }

    private DestinationSegment destination() {
        return List.copyOf(here.binder().segments().open()).getFirst();
    }

    private GroupQueue find(String queue) {
        return destination().queues()
                .stream()
                .filter(each -> each.name().text().equals(queue))
                .findFirst()
                .orElseThrow();
    }

    private SharedQueue<Object> queue(String queue) {
        return find(queue).queue();
    }
}
