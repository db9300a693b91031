package io.zeroipc.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a component of a record, or each element of an array, be null, and says how that is stored.
 * <ul>
 * <li>{@code @Absent Instant settled}: the field is as large as without it, and one value of the type says that there is
 * none. That value is refused when writing.</li>
 * <li>{@code @Absent(Absent.By.FLAG) Position position}: a byte behind the value says whether it counts, as in
 * {@code std::optional<Position>}.</li>
 * </ul>
 * Boxed numbers are allowed with it: {@code @Absent Double}, {@code @Absent(Absent.By.FLAG) Integer}. Which types have a
 * sentinel stands in {@code docs/format/elements.md}.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Absent {

    /** How absence is stored. */
    enum By {

        /**
         * By a value that is no other: the lowest number of {@code Instant}, {@code Duration}, {@code LocalDate},
         * {@code LocalDateTime}, {@code BigDecimal}, {@code Byte}, {@code Short}, {@code Integer} and {@code Long}, NaN of
         * {@code Float} and {@code Double}, zeroes of {@code UUID}. Other types have none.
         */
        SENTINEL,

        /** By a byte of its own behind the value. For every type but primitives. */
        FLAG
    }

    /** How absence is stored. */
    By value() default By.SENTINEL;
}
