package io.zeroipc.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a whole-number component of a record, or an array of them, is unsigned on the other side.
 * <ul>
 * <li>{@code @Unsigned(8) int level} is {@code uint8_t}, {@code @Unsigned(16) int port} is {@code uint16_t} and
 * {@code @Unsigned(32) long address} is {@code uint32_t}: the Java type is wider than the field, reading gives 0 to the
 * maximum, and writing anything else is refused.</li>
 * <li>{@code @Unsigned long id} is {@code uint64_t}, {@code @Unsigned int flags} is {@code uint32_t}, and so on: without
 * a width the field is as wide as the Java type and carries the raw bits; {@link Long#toUnsignedString(long)},
 * {@link Integer#toUnsignedLong(int)} and their kind read them as unsigned.</li>
 * <li>{@code @Unsigned(8) Side side} stores an enum as {@code enum class Side : uint8_t}; 16 and 32 work alike. Without
 * the annotation an enum is an {@code int32_t}, as C++ has it.</li>
 * </ul>
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Unsigned {

    /** The width of the field in bits: 8, 16, 32 or 64; 0 means the width of the Java type. */
    int value() default 0;
}
