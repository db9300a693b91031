package io.zeroipc.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How many digits a {@code BigDecimal} component of a record, or an array of them, has behind the point:
 * {@code @Scale(2) BigDecimal price} is an {@code int64_t} that counts hundredths.
 * <p>
 * A value with more digits is refused, never rounded, and one beyond 2^63 - 1 of these units too. What is read has exactly
 * this scale: 1.5 comes back as 1.50, which is equal by {@code compareTo} and not by {@code equals}.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Scale {

    /** Digits behind the point, 0 to 18. */
    int value();
}
