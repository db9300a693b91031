package io.zeroipc.testing;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;

/**
 * Ends dynamic tests that stall. JUnit holds the method of a {@code @TestFactory} to the time limit of the build, but not
 * the tests that it returns. Registered for every test of the build by the service file of this module.
 */
public final class DynamicTestTimeoutExtension implements InvocationInterceptor {

    @Override
    public void interceptDynamicTest(Invocation<@Nullable Void> invocation, DynamicTestInvocationContext test,
            ExtensionContext context) throws Throwable {
        Optional<Duration> limit = context.getConfigurationParameter(TimeLimit.PARAMETER, TimeLimit::parse);
        if (limit.isEmpty()) {
            invocation.proceed();
            return;
        }
        // Preemptively, that is in a thread of its own: a test that spins does not see an interrupt.
        Assertions.assertTimeoutPreemptively(limit.get(), invocation::proceed,
                () -> context.getDisplayName() + " stalls");
    }
}
