package io.zeroipc.spring.integration.outbound;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.integration.MessageTimeoutException;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.GenericMessage;

import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.FullAction;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.integration.Contexts;
import io.zeroipc.spring.integration.Contexts.Trade;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class ZeroIpcMessageHandlerTests {

    private static final Message<Trade> TRADE = new GenericMessage<>(new Trade(1, 2.5));

    @TempDir
    private Path directory;

    private void run(ZeroIpcMessageHandler handler, Contexts.Use use) {
        Contexts.use(directory, handler, use);
    }

    @Test
    void payloadIsSentAsAnElement() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/trades");
        run(handler, template -> {
            handler.handleMessage(TRADE);
            assertThat(template.tryReceive("market/trades", Trade.class)).isEqualTo(new Trade(1, 2.5));
        });
    }

    @Test
    void channelWhenGivenByAnExpressionDependsOnTheMessage() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler();
        handler.setChannelExpressionString("'market/' + headers['to']");
        run(handler, template -> {
            handler.handleMessage(MessageBuilder.fromMessage(TRADE).setHeader("to", "few").build());
            assertThat(template.tryReceive("market/few", Trade.class)).isEqualTo(new Trade(1, 2.5));
        });
    }

    @Test
    void channelWhenGivenByAFunctionDependsOnTheMessage() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/trades");
        handler.setChannelFunction(message -> message.getPayload() instanceof Trade ? "market/few" : "");
        run(handler, template -> {
            handler.handleMessage(TRADE);
            assertThat(template.tryReceive("market/few", Trade.class)).isEqualTo(new Trade(1, 2.5));
            assertThatExceptionOfType(MessageDeliveryException.class)
                    .isThrownBy(() -> handler.handleMessage(new GenericMessage<>("text")))
                    .withMessageContaining("message has no channel to go to");
        });
    }

    @Test
    void messageWhenTheChannelIsFullAndNothingElseIsSaidFailsAtOnce() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/few");
        run(handler, template -> {
            handler.handleMessage(TRADE);
            handler.handleMessage(TRADE);
            assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> handler.handleMessage(TRADE))
                    .withMessageContaining("channel=market/few")
                    .withCauseInstanceOf(ChannelFullException.class)
                    .satisfies(thrown -> assertThat(thrown.getFailedMessage()).isSameAs(TRADE));
            assertThat(template.receiveAll("market/few", Trade.class, 9)).hasSize(2);
        });
    }

    @Test
    void messageWhenTheChannelIsFullWaitsForTheSendTimeout() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/few");
        handler.setSendTimeout(Duration.ofMillis(200));
        run(handler, template -> {
            handler.handleMessage(TRADE);
            handler.handleMessage(TRADE);
            long began = System.nanoTime();
            assertThatExceptionOfType(MessageTimeoutException.class).isThrownBy(() -> handler.handleMessage(TRADE));
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        });
    }

    @Test
    void messageWhenTheChannelIsFullAndTheActionIsToDropIsForgotten() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/few");
        handler.setFullAction(FullAction.DROP);
        run(handler, template -> {
            for (int i = 0; i < 5; i++) {
                handler.handleMessage(TRADE);
            }
            assertThat(template.receiveAll("market/few", Trade.class, 9)).hasSize(2);
        });
    }

    @Test
    void messageWhenTheChannelIsFullAndTheActionIsToBlockWaitsForRoom() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/few");
        handler.setFullAction(FullAction.BLOCK);
        run(handler, template -> {
            handler.handleMessage(TRADE);
            handler.handleMessage(TRADE);
            Thread sender = Thread.ofPlatform().start(() -> handler.handleMessage(TRADE));
            await().during(Duration.ofMillis(200)).until(sender::isAlive);
            assertThat(template.tryReceive("market/few", Trade.class)).isNotNull();
            sender.join();
            assertThat(template.receiveAll("market/few", Trade.class, 9)).hasSize(2);
        });
    }

    @Test
    void headersWhenEnvelopesAreOnGoAlongAndComeBack() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/frames");
        handler.setEnvelopeEnabled(true);
        run(handler, template -> {
            handler.handleMessage(MessageBuilder.withPayload("hello")
                    .setHeader("contentType", "text/plain")
                    .setHeader("correlationId", 17)
                    .setHeader("orderId", "4711")
                    .setHeader("sequenceNumber", 3)
                    .setHeader("file", new File("of this machine"))
                    .setHeader("object", new Object())
                    .setReplyChannelName("here")
                    .build());
            Envelope envelope = template.tryReceive("market/frames", Envelope.class);
            assertThat(envelope).isNotNull();
            assertThat(new String(envelope.payload(), StandardCharsets.UTF_8)).isEqualTo("hello");
            assertThat(envelope.headers()).containsEntry("content-type", "text/plain")
                    .containsEntry("correlation-id", "17")
                    .containsEntry("_order_id", "4711")
                    .containsEntry("_sequence_number", "3")
                    .doesNotContainKeys("object", "reply-channel", "_reply_channel", "id", "timestamp");
            assertThat(new EnvelopeHeaderMapper().toHeaders(envelope.headers())).containsEntry("orderId", "4711")
                    .containsEntry("sequenceNumber", 3)
                    .containsEntry("correlationId", "17");
        });
    }

    @Test
    void headersWhenTheChannelHasNoRoomForThemStayHere() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/trades");
        handler.setEnvelopeEnabled(true);
        run(handler, template -> {
            handler.handleMessage(MessageBuilder.fromMessage(TRADE).setHeader("orderId", "4711").build());
            assertThat(template.tryReceive("market/trades", Trade.class)).isEqualTo(new Trade(1, 2.5));
        });
    }

    @Test
    void headersWhenEnvelopesAreOffStayHere() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/frames");
        run(handler, template -> {
            handler.handleMessage(MessageBuilder.withPayload("hello").setHeader("orderId", "4711").build());
            assertThat(template.tryReceive("market/frames", byte[].class))
                    .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        });
    }

    @Test
    void failureOfTheTemplateIsOfTheMessage() {
        ZeroIpcMessageHandler handler = new ZeroIpcMessageHandler("market/trades");
        run(handler, _ -> assertThatExceptionOfType(MessageHandlingException.class)
                .isThrownBy(() -> handler.handleMessage(new GenericMessage<>("text")))
                .withCauseInstanceOf(ElementTypeException.class));
    }

    @Test
    void handlerWithoutAChannelIsRefused() {
        Contexts.market(directory)
                .withBean("handler", ZeroIpcMessageHandler.class, ZeroIpcMessageHandler::new)
                .run(context -> assertThat(failureOf(context)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("setChannelExpression"));
    }

    @Test
    void handlerWithAnUnknownChannelIsRefused() {
        Contexts.market(directory)
                .withBean("handler", ZeroIpcMessageHandler.class, () -> new ZeroIpcMessageHandler("market/tradez"))
                .run(context -> assertThat(failureOf(context)).isInstanceOf(UnknownChannelException.class)
                        .hasMessageContaining("market/tradez"));
    }

    private static Throwable failureOf(AssertableApplicationContext context) {
        Throwable failure = context.getStartupFailure();
        assertThat(failure).isNotNull();
        while (failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }
}
