package io.zeroipc.spring.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.handler.annotation.SendTo;
import reactor.core.publisher.Mono;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ChannelStatistics;
import io.zeroipc.spring.listener.ContainerState;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Listeners whose results come after their methods have returned. */
class LaterResultTests {

    @TempDir
    Path directory;

    private SegmentDefinition host() {
        return Fixtures.host(Fixtures.queue("in", Codecs.int32()), Fixtures.queue("out", Codecs.int32(), 8),
                StructureDefinition.of("kept", SharedRing.spec(Codecs.int32(), 8), Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate);
    }

    private static ChannelStatistics statistics(TestContext context, String id) {
        return context.container(id).getStatistics().firstEntry().getValue();
    }

    @Test
    void elementWhenItsResultIsYetToComeIsNeitherProcessedNorFollowedByTheNext() throws Exception {
        try (TestContext context = TestContexts.open(host(), Patient.class)) {
            context.template().sendAll("host/in", List.of(1, 2));
            Patient patient = context.getBean(Patient.class);
            CompletableFuture<Void> first = patient.pending.take();
            assertThat(statistics(context, "patient").succeeded()).isZero();
            assertThat(patient.pending).isEmpty();
            first.complete(null);
            patient.pending.take().completeExceptionally(new IllegalStateException("late"));
            await().untilAsserted(() -> {
                assertThat(statistics(context, "patient").succeeded()).isOne();
                assertThat(statistics(context, "patient").failed()).isOne();
            });
            assertThat(context.container("patient").getLastError().message()).contains("late");
        }
    }

    @Test
    void elementOfARingWhenItsResultIsYetToComeIsStillThere() throws Exception {
        try (TestContext context = TestContexts.open(host(), Map.of("channel", "host/kept"), Patient.class)) {
            SharedRing<?> ring = (SharedRing<?>) context.segments().structure(new ChannelName("host", "kept"));
            context.template().send("host/kept", 1);
            CompletableFuture<Void> first = context.getBean(Patient.class).pending.take();
            assertThat(ring.size()).isOne();
            first.complete(null);
            await().untilAsserted(() -> assertThat(ring.size()).isZero());
        }
    }

    @Test
    void resultWhenItComesLaterIsSentWhereTheListenerSays() throws Exception {
        try (TestContext context = TestContexts.open(host(), Doubling.class)) {
            context.template().sendAll("host/in", List.of(1, 2, 3));
            context.template().sendAll("host/kept", List.of(1, 2, 3));
            List<Integer> sent = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 6; i++) {
                sent.add(context.template().tryReceive("host/out", Integer.class, Duration.ofSeconds(30)));
            }
            assertThat(sent).containsExactlyInAnyOrder(2, 4, 6, 10, 20, 30);
        }
    }

    @Test
    void callWhenItsResultIsAFailureIsRepeated() throws Exception {
        try (TestContext context = TestContexts.open(host(), Flaky.class)) {
            context.template().send("host/in", 1);
            await().untilAsserted(() -> assertThat(statistics(context, "flaky").succeeded()).isOne());
            assertThat(statistics(context, "flaky").retried()).isEqualTo(2);
            assertThat(statistics(context, "flaky").failed()).isZero();
        }
    }

    @Test
    void callWhenItsResultIsTheInterruptOfAnotherThreadIsRepeated() throws Exception {
        try (TestContext context = TestContexts.open(host(), Interrupted.class)) {
            context.template().send("host/in", 1);
            await().untilAsserted(() -> assertThat(statistics(context, "interrupted").succeeded()).isOne());
            assertThat(statistics(context, "interrupted").retried()).isOne();
            assertThat(context.getBean(Interrupted.class).wasInterrupted).isFalse();
        }
    }

    @Test
    void callWhenItsResultIsAnErrorIsNotRepeated() throws Exception {
        try (TestContext context = TestContexts.open(host(), Broken.class)) {
            context.template().send("host/in", 1);
            await().untilAsserted(() -> assertThat(statistics(context, "broken").failed()).isOne());
            assertThat(statistics(context, "broken").retried()).isZero();
        }
    }

    @Test
    void resultWhenThereIsNoneIsProcessedAndNothingIsSent() throws Exception {
        try (TestContext context = TestContexts.open(host(), Silent.class)) {
            context.template().sendAll("host/in", List.of(1, 2, 3, 4));
            context.template().sendAll("host/kept", List.of(1, 2));
            await().untilAsserted(() -> {
                assertThat(statistics(context, "odd").succeeded()).isEqualTo(3);
                assertThat(statistics(context, "odd").failed()).as("the one that was cancelled").isOne();
                assertThat(statistics(context, "empty").succeeded()).isEqualTo(2);
            });
            assertThat(context.template().tryReceive("host/out", Integer.class, Duration.ZERO)).isEqualTo(1);
            assertThat(context.template().tryReceive("host/out", Integer.class, Duration.ZERO)).isNull();
        }
    }

    @Test
    void stopWhenAResultNeverComesCancelsItAndEnds() throws Exception {
        try (TestContext context = TestContexts.open(host(), Map.of("channel", "host/kept"), Patient.class)) {
            SharedRing<?> ring = (SharedRing<?>) context.segments().structure(new ChannelName("host", "kept"));
            context.template().send("host/kept", 7);
            ChannelListenerContainer container = context.container("patient");
            CompletableFuture<Void> never = context.getBean(Patient.class).pending.take();
            container.stop();
            assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
            assertThat(container.isInExpectedState()).as("its thread has ended").isTrue();
            assertThat(never).isCancelled();
            assertThat(ring.size()).as("kept for the next start").isOne();
        }
    }

    @Test
    void stopWhenAMonoNeverComesCancelsIt() throws Exception {
        try (TestContext context = TestContexts.open(host(), Never.class)) {
            context.template().send("host/in", 7);
            Never never = context.getBean(Never.class);
            never.subscribed.take();
            context.container("never").stop();
            assertThat(never.cancelled.take()).isEqualTo(7);
        }
    }

    static class Patient {

        final BlockingQueue<CompletableFuture<Void>> pending = new LinkedBlockingQueue<>();

        @ChannelListener(id = "patient", channels = "${channel:host/in}", shutdownTimeout = "0ms")
        CompletionStage<Void> on(int number) {
            CompletableFuture<Void> future = new CompletableFuture<>();
            pending.add(future);
            return future;
        }
    }

    static class Doubling {

        @ChannelListener(id = "future", channels = "host/in")
        @SendTo("host/out")
        CompletableFuture<Integer> later(int number) {
            return CompletableFuture.supplyAsync(() -> number * 2);
        }

        @ChannelListener(id = "mono", channels = "host/kept")
        @SendTo("host/out")
        Mono<Integer> mono(int number) {
            return Mono.just(number * 10);
        }
    }

    static class Flaky {

        private final AtomicInteger calls = new AtomicInteger();

        @Bean
        static ContainerCustomizer retrying() {
            return container -> container.getSettings()
                    .failures()
                    .setRetryPolicy(RetryPolicy.builder().maxRetries(3).delay(Duration.ofMillis(1)).build());
        }

        @ChannelListener(id = "flaky", channels = "host/in")
        Mono<Void> on(int number) {
            return calls.incrementAndGet() < 3 ? Mono.error(new IllegalStateException("not yet")) : Mono.empty();
        }
    }

    static class Interrupted {

        private final AtomicInteger calls = new AtomicInteger();
        volatile boolean wasInterrupted;

        @Bean
        static ContainerCustomizer retrying() {
            return Flaky.retrying();
        }

        @ChannelListener(id = "interrupted", channels = "host/in")
        CompletableFuture<Void> on(int number) {
            wasInterrupted |= Thread.currentThread().isInterrupted();
            return calls.incrementAndGet() == 1
                    ? CompletableFuture.failedFuture(new InterruptedException("another thread"))
                    : CompletableFuture.completedFuture(null);
        }
    }

    static class Broken {

        @Bean
        static ContainerCustomizer retrying() {
            return Flaky.retrying();
        }

        @ChannelListener(id = "broken", channels = "host/in")
        CompletableFuture<Void> on(int number) {
            return CompletableFuture.failedFuture(new AssertionError("for the test's sake"));
        }
    }

    /** What there may be instead of a result. */
    static class Silent {

        @ChannelListener(id = "odd", channels = "host/in")
        @SendTo("host/out")
        CompletableFuture<Integer> odd(int number) {
            CompletableFuture<Integer> cancelled = new CompletableFuture<>();
            cancelled.cancel(true);
            return switch (number) {
                case 1 -> CompletableFuture.completedFuture(1);
                case 2 -> CompletableFuture.completedFuture(null);
                case 3 -> null;
                default -> cancelled;
            };
        }

        @ChannelListener(id = "empty", channels = "host/kept")
        @SendTo("host/out")
        Mono<Integer> empty(int number) {
            return Mono.empty();
        }
    }

    static class Never {

        final BlockingQueue<Integer> subscribed = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> cancelled = new LinkedBlockingQueue<>();

        @ChannelListener(id = "never", channels = "host/in", shutdownTimeout = "0ms")
        Mono<Void> on(int number) {
            return Mono.<Void>never()
                    .doOnSubscribe(_ -> subscribed.add(number))
                    .doOnCancel(() -> cancelled.add(number));
        }
    }
}
