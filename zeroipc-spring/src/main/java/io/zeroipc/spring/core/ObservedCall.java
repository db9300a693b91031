package io.zeroipc.spring.core;

import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.annotation.Internal;

/**
 * Puts observations around calls. Handlers and conventions are code of the application: what they throw is logged, and
 * neither keeps a call from being made nor makes a failure of one that succeeded. Thread-safe.
 */
@Internal
public final class ObservedCall {

    private final FailureLog faults = new FailureLog();

    /** What is observed. */
    @FunctionalInterface
    public interface Call<R extends @Nullable Object, X extends Exception> {

        /** @param observation that it is within */
        R run(Observation observation) throws X;
    }

    /**
     * Calls within an observation; whatever the call throws is its error, and thrown.
     *
     * @param observation makes one, not started
     */
    public <R extends @Nullable Object, X extends Exception> R run(Supplier<Observation> observation, Call<R, X> call)
            throws X {
        Observation present = UserCode.call(observation::get, e -> failed(e, Observation.NOOP));
        guarded(present::start);
        Observation.Scope scope = UserCode.call(present::openScope, e -> failed(e, Observation.Scope.NOOP));
        try {
            return call.run(present);
        } catch (Throwable e) {
            guarded(() -> present.error(e));
            throw e;
        } finally {
            guarded(scope::close);
            guarded(present::stop);
        }
    }

    private void guarded(UserCode.Action action) {
        Throwable thrown = UserCode.run(action);
        if (thrown != null) {
            failed(thrown, thrown);
        }
    }

    private <R> R failed(Throwable thrown, R instead) {
        faults.failed("observation failed: error=" + UserCode.describe(thrown), "what is observed goes on", thrown);
        return instead;
    }
}
