package io.zeroipc.spring.boot.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;

import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ContainerState;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.ListenerInterceptor;

/**
 * Records what the listeners of a context are called with, and waits for it. A bean of contexts with
 * {@code @AutoConfigureTestZeroIpc} or {@code @ZeroIpcTest}.
 *
 * <p>
 * It stands around the call of each listener, as its innermost interceptor: the listener is the application's own bean,
 * neither replaced nor spied on, and all that is configured for it applies. What is called again after a failure is
 * recorded again. Records are forgotten after each test method; of each listener the newest 10,000 are kept.
 *
 * <p>
 * Waiting ends with an {@link AssertionError} that shows the listener's state and what was recorded. Thread-safe.
 */
public final class ChannelListenerTestHarness implements ListenerInterceptor, Ordered {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final int RECORDS_MAX = 10_000;

    private final ObjectProvider<ChannelListenerEndpointRegistry> registry;
    /** Guarded by this, which is notified of each record. */
    private final Map<String, Recorded> recorded = new HashMap<>();

    /** For a context; tests get it injected. */
    public ChannelListenerTestHarness(ObjectProvider<ChannelListenerEndpointRegistry> registry) {
        this.registry = registry;
    }

    /**
     * One call of a listener.
     *
     * @param listenerId of the listener
     * @param channel {@code segment/structure}
     * @param payload what the listener was given: the element, or a {@code List} of them. A {@code MemorySegment} is
     *            not valid any more
     * @param headers that the listener could ask for
     * @param exception what the listener threw; null when it returned
     */
    public record Invocation(String listenerId, String channel, Object payload, Map<String, Object> headers,
            @Nullable Throwable exception) {

        public Invocation {
            headers = Map.copyOf(headers);
        }

        /** Whether the listener returned. */
        public boolean isSuccess() {
            return exception == null;
        }

        /**
         * The payload, as what the listener's method takes.
         *
         * @throws ClassCastException when it is something else
         */
        public <T> T payload(Class<T> type) {
            return type.cast(payload);
        }
    }

    /** Waits up to 30 seconds until the listener consumes from all of its channels. */
    public void awaitRunning(String id) throws InterruptedException {
        awaitRunning(id, DEFAULT_TIMEOUT);
    }

    /**
     * Waits until the listener consumes from all of its channels.
     *
     * @throws IllegalArgumentException when there is no such listener; the message lists those there are
     */
    public void awaitRunning(String id, Duration timeout) throws InterruptedException {
        ChannelListenerContainer container = container(id);
        if (!await(() -> container.getState() == ContainerState.RUNNING, timeout)) {
            throw new AssertionError("listener does not run: " + describe(id) + " (expected: RUNNING within " + timeout
                    + ")");
        }
    }

    /** As {@link #awaitInvocations(String, int, Duration)}, for up to 30 seconds. */
    public List<Invocation> awaitInvocations(String id, int count) throws InterruptedException {
        return awaitInvocations(id, count, DEFAULT_TIMEOUT);
    }

    /**
     * Waits until the listener was called so many times since the test began, successfully or not, and has returned.
     *
     * @return all calls so far, the first one first: at least {@code count}
     * @throws IllegalArgumentException when there is no such listener; the message lists those there are
     */
    public List<Invocation> awaitInvocations(String id, int count, Duration timeout) throws InterruptedException {
        container(id);
        if (!await(() -> count(id) >= count, timeout)) {
            throw new AssertionError("listener was not called often enough: " + describe(id) + " (expected: " + count
                    + " calls within " + timeout + ")");
        }
        return invocations(id);
    }

    /** The calls of the listener so far, the first one first. Does not wait. */
    public synchronized List<Invocation> invocations(String id) {
        Recorded calls = recorded.get(id);
        return calls == null ? List.of() : new ArrayList<>(calls.newest);
    }

    /** Forgets what was recorded. */
    public synchronized void clear() {
        recorded.clear();
    }

    @Override
    public void after(ElementMessage message) {
        record(message, null);
    }

    @Override
    public void failed(ElementMessage message, Throwable failure) {
        record(message, failure);
    }

    /** Innermost: what other interceptors throw is no call of the listener. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    private synchronized void record(ElementMessage message, @Nullable Throwable failure) {
        Invocation invocation = new Invocation(message.listenerId(), message.channel().toString(),
                message.getPayload(), message.getHeaders(), failure);
        recorded.computeIfAbsent(message.listenerId(), _ -> new Recorded()).add(invocation);
        notifyAll();
    }

    private int count(String id) {
        Recorded calls = recorded.get(id);
        return calls == null ? 0 : calls.count;
    }

    private synchronized boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long left = timeout.toNanos() - (System.nanoTime() - start);
            if (left <= 0) {
                return false;
            }
            // A record notifies; the state of a container does not.
            wait(Math.clamp(TimeUnit.NANOSECONDS.toMillis(left), 1, 20));
        }
        return true;
    }

    private ChannelListenerContainer container(String id) {
        return registry.getObject().getContainer(id);
    }

    private String describe(String id) {
        ChannelListenerContainer container = container(id);
        return "listener=" + id + ", state=" + container.getState() + ", channels=" + container.getChannels()
                + ", last error=" + container.getLastError() + ", calls=" + invocations(id);
    }

    /** The calls of one listener. */
    private static final class Recorded {

        private final Deque<Invocation> newest = new ArrayDeque<>();
        private int count;

        void add(Invocation invocation) {
            count++;
            if (newest.size() == RECORDS_MAX) {
                newest.removeFirst();
            }
            newest.addLast(invocation);
        }
    }
}
