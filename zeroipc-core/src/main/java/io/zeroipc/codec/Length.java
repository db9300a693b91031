package io.zeroipc.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How much room a {@code String} or array component of a record gets, as every slot has the same size.
 * <ul>
 * <li>{@code @Length(16) String symbol}: up to 16 bytes of UTF-8, {@code char symbol[16]} in C++.</li>
 * <li>{@code @Length(8) byte[] hash}: exactly 8 bytes, {@code uint8_t hash[8]}.</li>
 * <li>{@code @Length(4) int[] samples}: exactly 4 elements, {@code int32_t samples[4]}; the same for arrays of all other
 * primitives, enums and records.</li>
 * </ul>
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Length {

    /** Bytes for a String, elements for an array; at least 1. */
    int value();
}
