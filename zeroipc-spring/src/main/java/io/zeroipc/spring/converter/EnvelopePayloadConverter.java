package io.zeroipc.spring.converter;

import java.lang.reflect.Type;

import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeSlot;

/** Envelopes as they are, with their headers, on channels of bytes. */
final class EnvelopePayloadConverter implements PayloadConverter {

    @Override
    public boolean canConvert(Type payloadType, ElementType elementType) {
        return payloadType == Envelope.class && EnvelopeSlot.of(elementType.name()).isPresent();
    }

    @Override
    public Object toPayload(Object element, ElementType elementType, Type payloadType) {
        return Envelope.parse((byte[]) element);
    }

    @Override
    public Object toElement(Object payload, ElementType elementType) {
        return EnvelopeSlot.of(elementType.name()).orElseThrow().fill((Envelope) payload);
    }

    @Override
    public String name() {
        return "envelope";
    }
}
