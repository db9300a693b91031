package io.zeroipc.spring.cloud.stream.binder;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.DefaultPollableMessageSource;
import org.springframework.cloud.stream.binder.PollableSource;
import org.springframework.cloud.stream.binder.RequeueCurrentMessageException;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.MessageBuilder;

import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.consumer;
import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.message;
import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Consumers that ask for a message when they want one. */
class PolledConsumerTests {

    @TempDir
    private Path directory;

    private BinderFixture binder;
    private DirectChannel output;
    private final DefaultPollableMessageSource source = new DefaultPollableMessageSource(null);
    private final List<Message<?>> got = new ArrayList<>();

    @BeforeEach
    void open() {
        binder = new BinderFixture(directory);
        output = binder.produce("orders", producer -> producer.setRequiredGroups("billing"));
    }

    @AfterEach
    void close() {
        binder.close();
    }

    private Binding<PollableSource<MessageHandler>> bind(boolean deadLetters) {
        return binder.binder()
                .bindPollableConsumer("orders", "billing", source,
                        consumer(properties -> properties.getExtension().setEnableDlq(deadLetters)));
    }

    @Test
    void shouldGiveAMessageForEachPoll() {
        Binding<PollableSource<MessageHandler>> binding = bind(false);
        output.send(MessageBuilder.fromMessage(message("a")).setHeader("customerId", 1).build());
        output.send(message("b"));
        assertThat(source.poll(got::add)).isTrue();
        assertThat(got).hasSize(1);
        assertThat(text(got.getFirst())).isEqualTo("a");
        assertThat(got.getFirst().getHeaders()).containsEntry("customerId", "1");
        binding.pause();
        assertThat(source.poll(got::add)).isFalse();
        binding.resume();
        assertThat(source.poll(got::add)).isTrue();
        assertThat(source.poll(got::add)).isFalse();
        binding.unbind();
        output.send(message("c"));
        assertThat(source.poll(got::add)).isFalse();
    }

    @Test
    void shouldGiveAMessageAgainThatIsToBeRequeued() {
        Binding<PollableSource<MessageHandler>> binding = bind(false);
        output.send(message("a"));
        output.send(message("b"));
        assertThat(source.poll(message -> {
            throw new RequeueCurrentMessageException(new IllegalStateException("not now"));
        })).isTrue();
        assertThat(source.poll(got::add)).isTrue();
        assertThat(text(got.getFirst())).isEqualTo("a");
        binding.unbind();
    }

    @Test
    void shouldTellThePollerWhenThereIsNoRoomForALetter() {
        Binding<PollableSource<MessageHandler>> binding = bind(true);
        // As many as the queue of dead letters has room for, and one more.
        for (int i = 0; i <= 1024; i++) {
            output.send(message("m" + i));
            boolean last = i == 1024;
            MessageHandler failing = message -> {
                throw new IllegalStateException("no such customer");
            };
            if (last) {
                assertThatExceptionOfType(MessageHandlingException.class).isThrownBy(() -> source.poll(failing))
                        .withStackTraceContaining("there is no room for it among the dead letters:"
                                + " channel=stream.orders/billing, dead letters=stream.orders/billing.dlq");
            } else {
                assertThat(source.poll(failing)).isTrue();
            }
        }
        binding.unbind();
    }

    @Test
    void shouldSendWhatFailsToTheDeadLetters() {
        Binding<PollableSource<MessageHandler>> binding = bind(true);
        output.send(MessageBuilder.fromMessage(message("a")).setHeader("customerId", 1).build());
        assertThat(source.poll(message -> {
            throw new IllegalStateException("no such customer");
        })).isTrue();
        assertThat(source.poll(got::add)).isFalse();
        binding.unbind();

        DefaultPollableMessageSource letters = new DefaultPollableMessageSource(null);
        Binding<PollableSource<MessageHandler>> other = binder.binder()
                .bindPollableConsumer("orders", "billing.dlq", letters, consumer(properties -> {}));
        assertThat(letters.poll(got::add)).isTrue();
        assertThat(text(got.getFirst())).isEqualTo("a");
        assertThat(got.getFirst().getHeaders()).containsEntry("customerId", "1")
                .containsEntry("cause-message", "no such customer")
                .containsEntry("cause-class", IllegalStateException.class.getName())
                .containsEntry("source-channel", "stream.orders/billing")
                .hasEntrySatisfying("time", time -> assertThat(Instant.parse((String) time)).isNotNull());
        other.unbind();
    }
}
