package io.zeroipc.spring.listener.adapter;

import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.PayloadCall;
import io.zeroipc.spring.listener.PayloadForm;

/**
 * Calls a function, for listeners that are made in code.
 *
 * @param <T> the payload
 */
@Internal
public final class FunctionElementListener<T> implements ElementListener {

    private final Class<T> elementType;
    private final boolean batch;
    private final Consumer<Object> function;
    private final PayloadConverters converters;

    private FunctionElementListener(Class<T> elementType, boolean batch, Consumer<Object> function,
            PayloadConverters converters) {
        this.elementType = elementType;
        this.batch = batch;
        this.function = function;
        this.converters = converters;
    }

    /** Called for each element. */
    public static <T> FunctionElementListener<T> of(Class<T> elementType, Consumer<? super T> function) {
        return new FunctionElementListener<>(elementType, false, payload -> function.accept(elementType.cast(payload)),
                new PayloadConverters());
    }

    /** Called for each batch. */
    @SuppressWarnings("unchecked") // formOf has compared the element type before the first batch
    public static <T> FunctionElementListener<T> ofBatch(Class<T> elementType, Consumer<? super List<T>> function) {
        return new FunctionElementListener<>(elementType, true, payload -> function.accept((List<T>) payload),
                new PayloadConverters());
    }

    /** The same with converters that make payloads of elements of another type. */
    public FunctionElementListener<T> convertedBy(PayloadConverters payloadConverters) {
        return new FunctionElementListener<>(elementType, batch, function, payloadConverters);
    }

    @Override
    public boolean isBatch() {
        return batch;
    }

    @Override
    public PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> type) {
        return PayloadParameter.of(elementType, batch)
                .formOf(channel, elementTypeName, type, "a function", converters);
    }

    @Override
    public PayloadCall payloadCall() {
        return new PayloadCall(batch ? List.class : elementType, function::accept);
    }

    @Override
    public void onMessage(ElementMessage message) {
        function.accept(message.getPayload());
    }

    @Override
    public String toString() {
        return "a function of " + (batch ? "List<" + elementType.getSimpleName() + ">" : elementType.getSimpleName());
    }
}
