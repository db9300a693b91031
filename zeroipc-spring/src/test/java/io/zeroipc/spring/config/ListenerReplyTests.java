package io.zeroipc.spring.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.handler.annotation.SendTo;

import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.Fixtures.Alert;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.listener.ChannelListenerErrorHandler;
import io.zeroipc.spring.listener.ChannelStatistics;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.InvalidListenerException;
import io.zeroipc.spring.listener.ListenerExecutionFailedException;
import io.zeroipc.spring.listener.ReplyNotSentException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Where the results of listener methods go. */
class ListenerReplyTests {

    @TempDir
    Path directory;

    private SegmentDefinition host() {
        return Fixtures.host(Fixtures.queue("in", Codecs.int32()), Fixtures.queue("out", Codecs.int64(), 2),
                Fixtures.queue("alerts", Fixtures.ALERTS), Fixtures.queue("requests", Codecs.frame(256)),
                Fixtures.queue("replies", Codecs.frame(256))).openedBy(Fixtures.file(directory)::openOrCreate);
    }

    private static Object next(TestContext context, String channel, Class<?> type) throws InterruptedException {
        return context.template().tryReceive(channel, type, Duration.ofSeconds(30));
    }

    private static Envelope request(String payload, @Nullable String replyChannel) {
        Envelope.Builder request = Envelope.of(payload.getBytes(StandardCharsets.UTF_8))
                .header(EnvelopeHeaders.CORRELATION_ID, "c-" + payload);
        return replyChannel == null
                ? request.build()
                : request.header(EnvelopeHeaders.REPLY_CHANNEL, replyChannel).build();
    }

    @Test
    void resultWhenChannelIsNamedIsSentThere() throws Exception {
        try (TestContext context = TestContexts.open(host(), Doubling.class)) {
            context.template().send("host/in", 21);
            context.template().send("host/in", -1);
            context.template().send("host/in", 4);
            assertThat(next(context, "host/out", Long.class)).isEqualTo(42L);
            assertThat(next(context, "host/out", Long.class)).as("null was not sent").isEqualTo(8L);
        }
    }

    @Test
    void resultWhenChannelIsAnExpressionIsSentThere() throws Exception {
        try (TestContext context = TestContexts.open(host(), Map.of("target", "alerts"), Raising.class)) {
            context.template().send("host/in", 3);
            assertThat(next(context, "host/alerts", Alert.class)).isEqualTo(new Alert(3, 0.5));
        }
    }

    @Test
    void resultWhenItIsACollectionIsSentOneByOne() throws Exception {
        try (TestContext context = TestContexts.open(host(), Splitting.class)) {
            context.template().sendAll("host/in", List.of(1, 2, 3));
            List<Object> sent = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                sent.add(next(context, "host/alerts", Alert.class));
            }
            assertThat(sent).containsExactly(new Alert(1, 0), new Alert(2, 0), new Alert(3, 0));
        }
    }

    @Test
    void resultWhenRequestNamesAChannelGoesThereWithItsCorrelation() throws Exception {
        try (TestContext context = TestContexts.open(host(), Greeting.class)) {
            context.template().send("host/requests", request("Ann", null));
            context.template().send("host/requests", request("Bob", "host/replies"));
            Envelope reply = Envelope.parse((byte[]) next(context, "host/replies", byte[].class));
            assertThat(reply.payload()).asString(StandardCharsets.UTF_8).isEqualTo("Hello Bob");
            assertThat(reply.header(EnvelopeHeaders.CORRELATION_ID)).contains("c-Bob");
            assertThat(reply.header(EnvelopeHeaders.REPLY_CHANNEL)).isEmpty();
            await().untilAsserted(() -> assertThat(statistics(context, "greeting").succeeded()).isEqualTo(2));
        }
    }

    @Test
    void resultWhenItIsAnEnvelopeKeepsItsHeaders() throws Exception {
        try (TestContext context = TestContexts.open(host(), Wrapping.class)) {
            context.template().send("host/requests", request("Eve", "host/replies"));
            Envelope reply = Envelope.parse((byte[]) next(context, "host/replies", byte[].class));
            assertThat(reply.headers()).containsEntry("of", "c-Eve")
                    .containsEntry(EnvelopeHeaders.CORRELATION_ID, "c-Eve");
        }
    }

    @Test
    void errorHandlerWhenItReturnsSomethingRepliesInThePlaceOfTheListener() throws Exception {
        try (TestContext context = TestContexts.open(host(), Failing.class)) {
            context.template().send("host/in", 5);
            assertThat(next(context, "host/out", Long.class)).isEqualTo(-1L);
        }
    }

    @Test
    void resultWhenItsChannelIsFullIsAFailureThatIsNotTriedAgain() throws Exception {
        try (TestContext context = TestContexts.open(host(), Doubling.class)) {
            context.template().sendAll("host/in", List.of(1, 2, 3));
            await().untilAsserted(() -> assertThat(statistics(context, "doubling").discarded()).isEqualTo(1));
            assertThat(statistics(context, "doubling").succeeded()).isEqualTo(2);
            assertThat(statistics(context, "doubling").retried()).isZero();
            ListenerExecutionFailedException failure = context.getBean(Doubling.class).failures.poll(30,
                    TimeUnit.SECONDS);
            assertThat(failure).hasCauseInstanceOf(ReplyNotSentException.class)
                    .hasMessageContaining("reply was not sent: listener=Doubling.on(int), channel=host/out")
                    .hasMessageContaining("channel is full");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {NothingToSend.class, TwoTargets.class, BatchWithoutTarget.class})
    void startWhenResultAndTargetDoNotMatchSaysWhy(Class<?> listener) throws Exception {
        String reason = (String) listener.getDeclaredField("REASON").get(null);
        assertThatThrownBy(() -> TestContexts.open(host(), listener)).isInstanceOf(InvalidListenerException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void startWhenTargetIsUnknownOrCarriesSomethingElseIsRefused() {
        assertThatThrownBy(() -> TestContexts.open(host(), UnknownTarget.class))
                .isInstanceOf(UnknownChannelException.class)
                .hasMessageContaining("host/otu");
        assertThatThrownBy(() -> TestContexts.open(host(), OtherType.class)).isInstanceOf(ElementTypeException.class)
                .hasMessageContainingAll("channel=host/out, elements=int64, type=java.lang.String",
                        "returned by listener OtherType.on(int)");
    }

    private static ChannelStatistics statistics(TestContext context, String listener) {
        return context.container(listener).getStatistics().firstEntry().getValue();
    }

    @Configuration(proxyBeanMethods = false)
    static class Doubling {

        final BlockingQueue<ListenerExecutionFailedException> failures = new LinkedBlockingQueue<>();

        @Bean
        ContainerCustomizer recovering() {
            return container -> container.getSettings()
                    .failures()
                    .setRetryPolicy(RetryPolicy.withMaxRetries(5))
                    .setRecoverer(failure -> {
                        failures.add(failure);
                        return FailureAction.DISCARD;
                    });
        }

        @ChannelListener(id = "doubling", channels = "host/in")
        @SendTo("host/out")
        @Nullable
        Long on(int value) {
            return value < 0 ? null : 2L * value;
        }
    }

    static class Raising {

        @ChannelListener("host/in")
        @SendTo("#{'ho' + 'st'}/${target}")
        Alert on(int level) {
            return new Alert(level, 0.5);
        }
    }

    static class Splitting {

        @ChannelListener("host/in")
        @SendTo("host/alerts")
        List<Alert> on(List<Integer> levels) {
            return levels.stream().map(level -> new Alert(level, 0)).toList();
        }
    }

    static class Greeting {

        @ChannelListener(id = "greeting", channels = "host/requests")
        String greet(String name) {
            return "Hello " + name;
        }
    }

    static class Wrapping {

        @ChannelListener("host/requests")
        Envelope wrap(Envelope request) {
            return Envelope.of(request.payload())
                    .header("of", request.header(EnvelopeHeaders.CORRELATION_ID).orElseThrow())
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Failing {

        @Bean
        ChannelListenerErrorHandler minusOne() {
            return _ -> -1L;
        }

        @ChannelListener(channels = "host/in", errorHandler = "minusOne")
        @SendTo("host/out")
        Long on(int value) {
            throw new IllegalArgumentException("no " + value);
        }
    }

    static class NothingToSend {

        static final String REASON = "it has @SendTo, and returns nothing";

        @ChannelListener("host/in")
        @SendTo("host/out")
        void on(int value) {
        }
    }

    static class TwoTargets {

        static final String REASON = "@SendTo=[host/out, host/alerts]";

        @ChannelListener("host/in")
        @SendTo({"host/out", "host/alerts"})
        Long on(int value) {
            return 1L;
        }
    }

    static class BatchWithoutTarget {

        static final String REASON = "nobody would take its result";

        @ChannelListener("host/requests")
        byte[] on(List<byte[]> requests) {
            return requests.getFirst();
        }
    }

    static class UnknownTarget {

        @ChannelListener("host/in")
        @SendTo("host/otu")
        Long on(int value) {
            return 1L;
        }
    }

    static class OtherType {

        @ChannelListener("host/in")
        @SendTo("host/out")
        String on(int value) {
            return "1";
        }
    }
}
