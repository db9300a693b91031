package io.zeroipc.spring.cloud.stream.binder;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.MessagingException;

import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;

/**
 * The way of messages that a polled consumer could not process: there is no listener that would send them. What a letter says is the same
 * as a listener's. A letter that finds no room is a failure, so that the poller hears of it.
 */
final class PolledDeadLetters implements MessageHandler {

    private final ZeroIpcTemplate template;
    private final ChannelName target;
    private final GroupQueue source;
    private final EnvelopeHeaderMapper headers = new EnvelopeHeaderMapper();

    PolledDeadLetters(ZeroIpcTemplate template, ChannelName target, GroupQueue source) {
        this.template = template;
        this.target = target;
        this.source = source;
    }

    @Override
    public void handleMessage(Message<?> error) {
        if (!(error.getPayload() instanceof MessagingException thrown) || thrown.getFailedMessage() == null) {
            throw new MessageHandlingException(error, "error has no message that failed: channel=" + source);
        }
        Message<?> failed = thrown.getFailedMessage();
        if (!template.trySend(target.toString(), letter(failed, thrown))) {
            throw new MessageHandlingException(failed,
                    "message could not be processed, and there is no room for it among"
                            + " the dead letters: channel=" + source + ", dead letters=" + target,
                    thrown);
        }
    }

    private Envelope letter(Message<?> failed, Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof MessagingException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        Map<String, String> written = new HashMap<>();
        headers.fromHeaders(failed.getHeaders(), written);
        Envelope.Builder letter;
        if (failed.getPayload() instanceof byte[] bytes) {
            letter = Envelope.of(bytes);
        } else {
            letter = Envelope.of(encode(source.codec(), failed.getPayload()));
            written.put(EnvelopeHeaders.ELEMENT_TYPE, source.codec().typeName());
        }
        written.put(EnvelopeHeaders.SOURCE_CHANNEL, source.channel().toString());
        written.put(EnvelopeHeaders.TIME, Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        written.put(EnvelopeHeaders.CAUSE_CLASS, cause.getClass().getName());
        written.forEach(letter::header);
        String message = cause.getMessage();
        if (message != null) {
            letter.cutHeader(EnvelopeHeaders.CAUSE_MESSAGE, message);
        }
        return letter.build().cutToFit(EnvelopeHeaders.CAUSE_MESSAGE, capacity());
    }

    private int capacity() {
        return template.execute(target.toString(), SharedQueue.class,
                queue -> queue.elementSize() - Integer.BYTES);
    }

    private static byte[] encode(Codec<Object> codec, Object payload) {
        return codec.toBytes(codec.type().cast(payload));
    }
}
