package io.zeroipc.spring.boot.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * A test of what an application does with its segments, and of nothing else. The context has the segments, structures,
 * template and listener framework of {@code application.yml}, Jackson and validation where they are on the class path,
 * and of the application's own components those that are listed in {@link #listeners}. Segments are the test's own, as
 * with {@link AutoConfigureTestZeroIpc}.
 *
 * <pre>{@code
 * @ZeroIpcTest(AlertLog.class)
 * class AlertLogTests {
 *
 *     @Autowired ZeroIpcTemplate zeroIpc;
 *     @Autowired ChannelListenerTestHarness listeners;
 *
 *     @Test
 *     void alertsAreLogged() throws Exception {
 *         zeroIpc.send("host/alerts", new Alert(3));
 *         assertThat(listeners.awaitInvocations("alert-log", 1)).singleElement()...
 *     }
 * }
 * }</pre>
 *
 * <p>
 * Also included are components of the types that configure listeners and structures: {@code ContainerCustomizer},
 * {@code ListenerInterceptor}, {@code ChannelListenerErrorHandler}, {@code ChannelMessageRecoverer}, {@code Codec},
 * {@code WaitStrategy}. What else a listener needs is imported with {@code @Import}, or found with {@link #includeFilters}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@BootstrapWith(ZeroIpcTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(ZeroIpcTypeExcludeFilter.class)
@AutoConfigureTestZeroIpc
@ImportAutoConfiguration
public @interface ZeroIpcTest {

    /** As {@link #listeners}. */
    @AliasFor("listeners")
    Class<?>[] value() default {};

    /** The application's components with listeners that are tested. None by default: nobody consumes then. */
    @AliasFor("value")
    Class<?>[] listeners() default {};

    /** Properties for this test, as {@code key=value}. */
    String[] properties() default {};

    /** Whether the types named above are included; without them it is only what {@link #includeFilters} finds. */
    boolean useDefaultFilters() default true;

    /** Adds components that would be left out. */
    ComponentScan.Filter[] includeFilters() default {};

    /** Leaves out components that would be there. */
    ComponentScan.Filter[] excludeFilters() default {};
}
