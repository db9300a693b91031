package io.zeroipc.spring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

import io.zeroipc.spring.observation.ZeroIpcObservation.TemplateKey;

/** The names and keys of {@link ZeroIpcObservation#TEMPLATE}. To be extended by those who add some. */
public class DefaultZeroIpcTemplateObservationConvention implements ZeroIpcTemplateObservationConvention {

    private static final KeyValue SYSTEM = TemplateKey.MESSAGING_SYSTEM.withValue("zeroipc");
    private static final KeyValue OPERATION = TemplateKey.MESSAGING_OPERATION.withValue("publish");

    @Override
    public String getContextualName(ZeroIpcTemplateContext context) {
        return context.getChannel() + " send";
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(ZeroIpcTemplateContext context) {
        return KeyValues.of(TemplateKey.TEMPLATE_NAME.withValue(context.getTemplateName()), SYSTEM, OPERATION,
                TemplateKey.MESSAGING_DESTINATION_NAME.withValue(context.getChannel()),
                TemplateKey.MESSAGING_DESTINATION_KIND.withValue(context.getChannelKind()),
                TemplateKey.OUTCOME.withValue(context.getOutcome()));
    }
}
