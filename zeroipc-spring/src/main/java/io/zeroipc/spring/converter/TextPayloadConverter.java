package io.zeroipc.spring.converter;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text as it is, in UTF-8, on channels of bytes: no quotes, no escapes. */
final class TextPayloadConverter implements PayloadConverter {

    @Override
    public boolean canConvert(Type payloadType, ElementType elementType) {
        return payloadType == String.class && elementType.isBytes();
    }

    @Override
    public Object toPayload(Object element, ElementType elementType, Type payloadType) throws CharacterCodingException {
        byte[] bytes = (byte[]) element;
        ByteBuffer text = ByteBuffer.wrap(bytes, 0,
                elementType.isExact() ? Zeroes.lengthWithout(bytes) : bytes.length);
        // Unlike new String, this refuses what is no text.
        return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
    }

    @Override
    public Object toElement(Object payload, ElementType elementType) throws CharacterCodingException {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap((String) payload));
        byte[] result = new byte[bytes.remaining()];
        bytes.get(result);
        return result;
    }

    @Override
    public String name() {
        return "text";
    }
}
