package io.zeroipc.spring.boot.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

/**
 * Gives the test's application context segments of its own. Their files are in a new directory, or have a random prefix
 * in {@link #baseDirectory}; either way no other context, test run or application meets them, and they are deleted when
 * the context has closed its segments, however its tests ended. This holds for segments with a {@code path}, too.
 *
 * <p>
 * Contexts can stay in the test context cache side by side; {@code @DirtiesContext} is not needed. A bean of type
 * {@link TestSegmentFiles} says where the files are.
 *
 * <p>
 * Contained in {@link ZeroIpcTest}. {@code @SpringBootTest} does the same without it, unless {@code zeroipc.test.isolate} is false
 * or the test itself names a directory: with it, neither counts.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ImportAutoConfiguration
public @interface AutoConfigureTestZeroIpc {

    /**
     * An existing directory in which the files stand themselves, each with a random prefix. The default is a new
     * directory among the temporary files.
     *
     * <p>
     * {@code /dev/shm} is for tests with programs that open segments by {@code shm_open}: these cannot reach files in a
     * directory below.
     */
    @PropertyMapping(value = TestZeroIpcAutoConfiguration.BASE_DIRECTORY, skip = PropertyMapping.Skip.ON_DEFAULT_VALUE)
    String baseDirectory() default "";
}
