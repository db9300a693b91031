package io.zeroipc.spring.integration.inbound;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.acks.AcknowledgmentCallback.Status;
import org.springframework.integration.core.Pausable;
import org.springframework.integration.endpoint.AbstractMessageSource;
import org.springframework.integration.mapping.HeaderMapper;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.integration.ElementMessages;
import io.zeroipc.spring.integration.ElementPayloads;
import io.zeroipc.spring.integration.EnvelopeHeaderMapper;

/**
 * Takes an element of a channel each time it is polled. The first poll begins to consume, at the oldest element, and takes the
 * consuming role where there is one; a stop gives it back, and polls give nothing until the next start. Thread-safe.
 *
 * <p>
 * Where the structure can keep elements until they are dealt with, as a ring with one reader does, messages have an
 * {@code acknowledgmentCallback}: accepting removes the element, rejecting as well, and requeueing leaves it for the next poll,
 * which has it before any other. Pollers accept by themselves when the flow has returned, and reject when it has failed. What is
 * not acknowledged when the source stops, or its process ends, is there again at the next start. Elsewhere taking an element
 * removes it.
 */
public final class ZeroIpcMessageSource extends AbstractMessageSource<Object> implements Pausable {

    private final String channel;
    private final @Nullable SegmentRegistry given;
    private Type payloadType = Object.class;
    private Duration receiveTimeout = Duration.ZERO;
    private ElementMessages messages = new ElementMessages(new EnvelopeHeaderMapper());
    private @Nullable Target target;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private @Nullable PolledChannel hold;
    private volatile boolean stopped;
    private volatile boolean paused;

    /** What is known from the start on. */
    private record Target(SegmentRegistry registry, ChannelName name, ElementPayloads payloads) {}

    /**
     * Polls a channel in the segments of the context.
     *
     * @param channel {@code segment/structure}, or a structure of the primary segment
     */
    public ZeroIpcMessageSource(String channel) {
        this.given = null;
        this.channel = channel;
    }

    /** Polls a channel in the segments of a registry. */
    public ZeroIpcMessageSource(SegmentRegistry registry, String channel) {
        this.given = registry;
        this.channel = channel;
    }

    /** What is made of elements, as for the parameter of a listener method; by default they are payloads as they are. */
    public void setPayloadType(Class<?> type) {
        this.payloadType = type;
    }

    /** As {@link #setPayloadType(Class)}, for a type with type arguments. */
    public void setPayloadType(ParameterizedTypeReference<?> type) {
        this.payloadType = type.getType();
    }

    /** How long a poll waits for an element; not at all by default. */
    public void setReceiveTimeout(Duration timeout) {
        this.receiveTimeout = timeout;
    }

    /** Maps the headers of envelopes; an {@link EnvelopeHeaderMapper} by default. */
    public void setHeaderMapper(HeaderMapper<Map<String, String>> mapper) {
        this.messages = new ElementMessages(mapper);
    }

    @Override
    public String getComponentType() {
        return "zeroipc:inbound-channel-adapter";
    }

    @Override
    protected void onInit() {
        BeanFactory beans = getBeanFactory();
        SegmentRegistry registry = given != null ? given : beans.getBean(SegmentRegistry.class);
        String owner = "inbound channel adapter " + getComponentName();
        try {
            ChannelName name = registry.channel(channel);
            if (!registry.isKnown(name)) {
                // Fails with the message for unknown names.
                registry.tryStructure(name);
            }
            ElementPayloads payloads = new ElementPayloads(registry, name, payloadType,
                    ElementPayloads.convertersOf(beans), owner);
            payloads.check();
            target = new Target(registry, name, payloads);
        } catch (UnknownChannelException e) {
            throw e.requestedBy(owner);
        }
    }

    /** Lets polls begin to consume again. */
    @Override
    public void start() {
        stopped = false;
    }

    /** Gives the consuming role back, with what is not acknowledged. */
    @Override
    public void stop() {
        stopped = true;
        giveUp(null);
    }

    /** Whether a poll may take an element; from the beginning on. */
    @Override
    public boolean isRunning() {
        return !stopped;
    }

    /** Has polls give nothing until {@link #resume}; the role is kept. */
    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public void destroy() {
        super.destroy();
        stop();
    }

    @Override
    protected @Nullable Object doReceive() {
        Target from = target;
        if (from == null) {
            throw new IllegalStateException("source is not initialised: channel=" + channel
                    + " (expected: a bean, or a call of afterPropertiesSet)");
        }
        if (stopped || paused) {
            return null;
        }
        PolledChannel.Taken taken;
        try {
            taken = poll(from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        return taken == null ? null : message(from, taken);
    }

    private PolledChannel.@Nullable Taken poll(Target from) throws InterruptedException {
        PolledChannel present = hold(from);
        if (present == null) {
            return null;
        }
        try {
            return present.poll(receiveTimeout);
        } catch (SegmentDetachedException e) {
            giveUp(present);
            if (!from.registry().isReattaching(from.name().segment())) {
                throw e;
            }
            // The next poll has a hold on the new file.
            logger.info("segment was replaced, the next poll goes on with the new one: channel=" + from.name());
            return null;
        } catch (IllegalStateException e) {
            if (stopped) {
                // The stop has ended the wait.
                logger.debug(e, () -> "poll was ended by a stop: channel=" + from.name());
                return null;
            }
            throw e;
        }
    }

    private @Nullable PolledChannel hold(Target from) {
        lock.lock();
        try {
            if (hold == null && !stopped) {
                hold = PolledChannel.open(from.registry(), from.name());
            }
            return hold;
        } finally {
            lock.unlock();
        }
    }

    /** @param lost null for whichever there is */
    private void giveUp(@Nullable PolledChannel lost) {
        PolledChannel last;
        lock.lock();
        try {
            last = hold;
            if (lost != null && !lost.equals(last)) {
                return;
            }
            hold = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.close();
        }
    }

    private Object message(Target from, PolledChannel.Taken taken) {
        PolledDeliveries.Delivery delivery = taken.callback();
        Map<String, Object> headers = new HashMap<>();
        Object payload;
        try {
            payload = messages.open(from.payloads().of(taken.element()), taken.element(), headers);
        } catch (RuntimeException e) {
            if (delivery != null) {
                // The same bytes are not converted at the next poll either.
                delivery.acknowledge(Status.REJECT);
            }
            throw e;
        }
        headers.put(ZeroIpcHeaders.SEGMENT, from.name().segment());
        headers.put(ZeroIpcHeaders.STRUCTURE, from.name().structure());
        int attempt = delivery == null ? 1 : delivery.attempt();
        headers.put(ZeroIpcHeaders.DELIVERY_ATTEMPT, attempt);
        headers.put(IntegrationMessageHeaderAccessor.DELIVERY_ATTEMPT, new AtomicInteger(attempt));
        if (delivery != null) {
            if (delivery.position() >= 0) {
                headers.put(ZeroIpcHeaders.SEQUENCE, delivery.position());
            }
            headers.put(IntegrationMessageHeaderAccessor.ACKNOWLEDGMENT_CALLBACK, delivery);
        }
        return getMessageBuilderFactory().withPayload(payload).copyHeaders(headers);
    }
}
