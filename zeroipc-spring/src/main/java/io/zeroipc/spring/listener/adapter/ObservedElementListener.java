package io.zeroipc.spring.listener.adapter;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ObservedCall;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeFormatException;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ListenerExecutionFailedException;
import io.zeroipc.spring.listener.ListenerWrapper;
import io.zeroipc.spring.observation.ZeroIpcListenerContext;
import io.zeroipc.spring.observation.ZeroIpcObservations;

/** Puts an observation around each call of a listener. Thread-safe if the listener is. */
@Internal
public final class ObservedElementListener extends ListenerWrapper {

    private final ZeroIpcObservations observations;
    private final ObservedCall calls = new ObservedCall();
    private final Function<ChannelName, String> kinds;
    /** What does not change while a channel is consumed. */
    private final Map<ChannelName, String> kindsSeen = new ConcurrentHashMap<>();

    /** @param kinds label of the kind of a channel's structure */
    public ObservedElementListener(ElementListener listener, ZeroIpcObservations observations,
            Function<ChannelName, String> kinds) {
        super(listener);
        this.observations = observations;
        this.kinds = kinds;
    }

    @Override
    public void onMessage(ElementMessage message) throws Exception {
        calls.<@Nullable Object, Exception>run(() -> observations.listener(() -> context(message)), _ -> {
            wrapped().onMessage(message);
            return null;
        });
    }

    /** An observation of its own, with an error, as of a call that failed. */
    @Override
    public void undelivered(ListenerExecutionFailedException failure) {
        Observation observation = observations.listener(() -> context(failure));
        observation.start();
        observation.error(failure.getCause() == null ? failure : failure.getCause());
        observation.stop();
        super.undelivered(failure);
    }

    private ZeroIpcListenerContext context(ListenerExecutionFailedException failure) {
        ElementMessage message = failure.elementMessage();
        return message == null
                ? new ZeroIpcListenerContext(failure.listenerId(), failure.channel().toString(),
                        kindsSeen.computeIfAbsent(failure.channel(), kinds), 1, -1, Map.of())
                : context(message);
    }

    private ZeroIpcListenerContext context(ElementMessage message) {
        ChannelName channel = message.channel();
        return new ZeroIpcListenerContext(message.listenerId(), channel.toString(),
                kindsSeen.computeIfAbsent(channel, kinds), message.size(), message.sequence(), headers(message));
    }

    /** Those of the envelope in which the element came. The listener finds out by itself when it is damaged. */
    private static Map<String, String> headers(ElementMessage message) {
        if (message.element() instanceof byte[] bytes && Envelope.isEnvelope(bytes)) {
            try {
                return Envelope.parse(bytes).headers();
            } catch (EnvelopeFormatException e) {
                return Map.of();
            }
        }
        return Map.of();
    }
}
