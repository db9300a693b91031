package io.zeroipc.spring.listener.adapter;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;

/**
 * The result of a listener that comes after its method has returned: a {@link CompletionStage}, or what a reactive library has for one
 * value, such as a {@code Mono}. The element is processed when it is there, so the consumer's thread waits for it. Thread-safe.
 */
final class LaterResult {

    private final @Nullable ReactiveAdapter adapter;
    private final Class<?> type;

    private LaterResult(@Nullable ReactiveAdapter adapter, Class<?> type) {
        this.adapter = adapter;
        this.type = type;
    }

    /** Null for a method whose result is there when it returns, or that has several. */
    static @Nullable LaterResult of(Method method, Class<?> beanType) {
        Class<?> declared = method.getReturnType();
        ResolvableType result = ResolvableType.forMethodReturnType(method, beanType);
        if (CompletionStage.class.isAssignableFrom(declared)) {
            return new LaterResult(null, result.as(CompletionStage.class).getGeneric().resolve(Object.class));
        }
        ReactiveAdapterRegistry adapters = ReactiveAdapterRegistry.getSharedInstance();
        ReactiveAdapter found = adapters.hasAdapters() && declared != Object.class
                ? adapters.getAdapter(declared)
                : null;
        if (found == null || found.isMultiValue() || !CompletionStages.areAdapted(adapters)) {
            return null;
        }
        return new LaterResult(found, found.isNoValue() ? Void.class : result.getGeneric().resolve(Object.class));
    }

    /** What comes later; {@link Void} when nothing does. */
    Class<?> type() {
        return type;
    }

    /**
     * Waits for it.
     *
     * @param returned by the method
     * @throws Exception with which it was completed
     * @throws InterruptedException when the thread is interrupted; it is cancelled then
     */
    @Nullable
    Object await(@Nullable Object returned) throws Exception {
        if (returned == null) {
            return null;
        }
        CompletableFuture<?> future = adapter == null
                ? ((CompletionStage<?>) returned).toCompletableFuture()
                : CompletionStages.of(adapter, returned);
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                // Of whoever was to complete it; this thread goes on.
                case InterruptedException _ -> throw e;
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    /** Apart, because the types in it need not be there. */
    private static final class CompletionStages {

        static boolean areAdapted(ReactiveAdapterRegistry adapters) {
            return adapters.getAdapter(CompletableFuture.class) != null;
        }

        static CompletableFuture<?> of(ReactiveAdapter adapter, Object returned) {
            ReactiveAdapter futures = ReactiveAdapterRegistry.getSharedInstance().getAdapter(CompletableFuture.class);
            if (futures == null) {
                throw new IllegalStateException("result cannot be waited for: type=" + returned.getClass().getName());
            }
            return (CompletableFuture<?>) futures.fromPublisher(adapter.toPublisher(returned));
        }
    }
}
