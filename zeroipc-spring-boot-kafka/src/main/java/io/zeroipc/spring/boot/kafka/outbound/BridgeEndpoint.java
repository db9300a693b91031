package io.zeroipc.spring.boot.kafka.outbound;

import java.util.List;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.FixedBackOff;

import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.Delivery;
import io.zeroipc.spring.config.ChannelListenerEndpoint;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.ListenerSettings;

/** A bridge to a topic as a listener: its batches are called again for as long as the broker does not answer. */
final class BridgeEndpoint implements ChannelListenerEndpoint {

    /** Each attempt waits for itself, too. */
    private static final long PAUSE_MILLIS = 50;

    private final BridgeDefinition definition;
    private final ElementListener listener;
    private final ListenerSettings settings;

    /** @param batchSize the most elements of a batch */
    BridgeEndpoint(BridgeDefinition definition, int batchSize, ElementListener listener) {
        this.definition = definition;
        this.listener = listener;
        this.settings = new ListenerSettings().setBatch(true)
                .setMaxBatchSize(batchSize)
                .setConcurrency(1)
                .setAutoStartup(definition.autoStartup())
                .setAckMode(definition.delivery() == Delivery.AT_MOST_ONCE ? AckMode.NONE : AckMode.AUTO);
        // Nothing is skipped unless somebody says so for this listener.
        settings.failures().setFailureAction(FailureAction.STOP).setRetryPolicy(new UntilItAnswers());
    }

    private static final class UntilItAnswers implements RetryPolicy {

        @Override
        public boolean shouldRetry(Throwable thrown) {
            return thrown instanceof NotArrivedException;
        }

        @Override
        public BackOff getBackOff() {
            return new FixedBackOff(PAUSE_MILLIS, FixedBackOff.UNLIMITED_ATTEMPTS);
        }
    }

    /** The id of the listener that a bridge is. */
    static String id(BridgeDefinition definition) {
        return "bridge." + definition.name();
    }

    @Override
    public String getId() {
        return id(definition);
    }

    @Override
    public List<String> getChannels() {
        return List.of(definition.channel().toString());
    }

    @Override
    public ListenerSettings getSettings() {
        return settings;
    }

    @Override
    public boolean takesBatch() {
        return true;
    }

    @Override
    public ElementListener createListener(MessageHandlerMethodFactory methodFactory, ListenerSettings merged) {
        return listener;
    }

    @Override
    public String describe() {
        return definition.describe();
    }
}
