package io.zeroipc.spring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

import io.zeroipc.spring.observation.ZeroIpcObservation.ListenerDetailKey;
import io.zeroipc.spring.observation.ZeroIpcObservation.ListenerKey;

/** The names and keys of {@link ZeroIpcObservation#LISTENER}. To be extended by those who add some. */
public class DefaultZeroIpcListenerObservationConvention implements ZeroIpcListenerObservationConvention {

    private static final KeyValue SYSTEM = ListenerKey.MESSAGING_SYSTEM.withValue("zeroipc");
    private static final KeyValue OPERATION = ListenerKey.MESSAGING_OPERATION.withValue("process");

    @Override
    public String getContextualName(ZeroIpcListenerContext context) {
        return context.getChannel() + " process";
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(ZeroIpcListenerContext context) {
        return KeyValues.of(ListenerKey.LISTENER_ID.withValue(context.getListenerId()), SYSTEM, OPERATION,
                ListenerKey.MESSAGING_SOURCE_NAME.withValue(context.getChannel()),
                ListenerKey.MESSAGING_SOURCE_KIND.withValue(context.getChannelKind()));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(ZeroIpcListenerContext context) {
        KeyValues values = KeyValues.of(ListenerDetailKey.MESSAGING_BATCH_MESSAGE_COUNT
                .withValue(Integer.toString(context.getMessageCount())));
        return context.getSequence() < 0
                ? values
                : values.and(ListenerDetailKey.MESSAGING_MESSAGE_ID.withValue(Long.toString(context.getSequence())));
    }
}
