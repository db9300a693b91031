package io.zeroipc.spring.converter;

import java.lang.reflect.Type;
import java.util.function.Supplier;

import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON, written and read by Jackson, on channels of bytes or text. Takes every type but text on bytes, which
 * stays as it is, so it belongs behind converters that choose. The declared type decides what is read: nothing in the bytes names a class, unless the type itself is annotated to have subtypes.
 */
public final class JsonPayloadConverter implements PayloadConverter {

    private final Supplier<JsonMapper> mapper;

    public JsonPayloadConverter(JsonMapper mapper) {
        this(() -> mapper);
    }

    /** @param mapper asked for each object, the first one included: an application without JSON never makes one */
    public JsonPayloadConverter(Supplier<JsonMapper> mapper) {
        this.mapper = mapper;
    }

    @Override
    public boolean canConvert(Type payloadType, ElementType elementType) {
        return elementType.isText() || (elementType.isBytes() && payloadType != String.class);
    }

    @Override
    public Object toPayload(Object element, ElementType elementType, Type payloadType) {
        JsonMapper json = mapper.get();
        ObjectReader reader = json.readerFor(json.constructType(payloadType));
        if (element instanceof byte[] bytes) {
            return reader.readValue(bytes, 0, Zeroes.lengthWithout(bytes));
        }
        return reader.readValue((String) element);
    }

    @Override
    public Object toElement(Object payload, ElementType elementType) {
        JsonMapper json = mapper.get();
        return elementType.isText() ? json.writeValueAsString(payload) : json.writeValueAsBytes(payload);
    }

    @Override
    public String name() {
        return "JSON";
    }
}
