package io.zeroipc.spring.core;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import io.zeroipc.flow.Loan;

/**
 * A channel of a template with the type of its elements.
 *
 * @param <T> the elements
 */
@SuppressWarnings("unchecked") // the template was asked for exactly this type
final class BoundChannel<T> implements BoundChannelOperations<T> {

    private final TemplateChannel channel;
    private final Type type;

    BoundChannel(TemplateChannel channel, Type type) {
        this.channel = channel;
        this.type = type;
    }

    @Override
    public ChannelName name() {
        return channel.name();
    }

    @Override
    public void send(T element) {
        channel.send(element);
    }

    @Override
    public boolean trySend(T element) {
        return channel.trySend(element);
    }

    @Override
    public boolean trySend(T element, Duration timeout) throws InterruptedException {
        return channel.trySend(element, timeout);
    }

    @Override
    public int sendAll(Collection<? extends T> elements) {
        return channel.sendAll(elements);
    }

    @Override
    public Loan loan(long bytes) {
        return channel.loan(bytes);
    }

    @Override
    public @Nullable Loan tryLoan(long bytes) {
        return channel.tryLoan(bytes);
    }

    @Override
    public @Nullable Loan tryLoan(long bytes, Duration timeout) throws InterruptedException {
        return channel.tryLoan(bytes, timeout);
    }

    @Override
    public @Nullable T receive() {
        return (T) channel.receiveAndConvert(type);
    }

    @Override
    public @Nullable T tryReceive() {
        return (T) channel.tryReceiveAndConvert(type);
    }

    @Override
    public @Nullable T tryReceive(Duration timeout) throws InterruptedException {
        return (T) channel.tryReceiveAndConvert(type, timeout);
    }

    @Override
    public List<T> receiveAll(int max) {
        return (List<T>) channel.receiveAll(ResolvableType.forType(type).toClass(), max);
    }

    @Override
    public String toString() {
        return "BoundChannel[" + channel.name() + ", type=" + type.getTypeName() + "]";
    }
}
