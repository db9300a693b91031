package io.zeroipc.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Turns an aborted test into a failed one when {@link Requirements#all() everything is required}. Registered for every
 * test of the build by the service file of this module. A test that does not apply, as one that needs native access in
 * a JVM without it, uses a condition such as {@link EnabledWithNativeAccess} instead: that is a skip, not an abort.
 */
public final class AbortIsFailureExtension
        implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw judge(thrown);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw judge(thrown);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw judge(thrown);
    }

    private static Throwable judge(Throwable thrown) {
        if (thrown instanceof TestAbortedException && Requirements.all()) {
            return new AssertionFailedError(
                    "aborted test while everything is required: " + thrown.getMessage(), thrown);
        }
        return thrown;
    }
}
