package io.zeroipc.spring.converter;

import java.lang.reflect.Type;

/**
 * Turns objects of an application into the elements of channels that carry bytes or text, and back. Beans of this type
 * are found, and asked in their order before the ones that are always there; the first that can convert does. Not asked
 * where the payload is of the element's own type: a record on a channel of that record needs no conversion.
 * Thread-safe.
 *
 * <p>
 * An implementation throws whatever its library throws: the caller adds channel, types and sizes
 * ({@link PayloadConversionException}), and refuses what does not fit the element.
 */
public interface PayloadConverter {

    /**
     * Whether this converts between the two. Asked once for a listener's parameter, and for the types of objects that
     * are sent.
     *
     * @param payloadType the declared type with its type arguments, or the class of an object that is sent
     * @param elementType what the channel carries
     */
    boolean canConvert(Type payloadType, ElementType elementType);

    /**
     * Reads.
     *
     * @param element of the element's type; {@code bytes(n)} with all its n bytes
     * @param payloadType what to make of it
     */
    Object toPayload(Object element, ElementType elementType, Type payloadType) throws Exception;

    /**
     * Writes.
     *
     * @return of the element's type; fewer bytes than {@code bytes(n)} has are filled up with zeroes
     */
    Object toElement(Object payload, ElementType elementType) throws Exception;

    /** What messages call this converter. */
    default String name() {
        return getClass().getSimpleName();
    }
}
