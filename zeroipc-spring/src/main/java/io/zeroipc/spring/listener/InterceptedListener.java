package io.zeroipc.spring.listener;

import java.util.List;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Source;
import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.FailureLog;
import io.zeroipc.spring.core.UserCode;

/** A listener with something around each of its calls. */
@Internal
public final class InterceptedListener implements ElementListener {

    private final ElementListener listener;
    private final ListenerInterceptor interceptor;
    private final FailureLog faults = new FailureLog();

    private InterceptedListener(ElementListener listener, ListenerInterceptor interceptor) {
        this.listener = listener;
        this.interceptor = interceptor;
    }

    /** @param interceptors the outermost first; none leaves the listener as it is */
    public static ElementListener of(ElementListener listener, List<ListenerInterceptor> interceptors) {
        ElementListener result = listener;
        for (ListenerInterceptor interceptor : interceptors.reversed()) {
            result = new InterceptedListener(result, interceptor);
        }
        return result;
    }

    @Override
    public boolean isBatch() {
        return listener.isBatch();
    }

    @Override
    public boolean needsAcknowledgment() {
        return listener.needsAcknowledgment();
    }

    @Override
    public boolean needsPositions() {
        return listener.needsPositions();
    }

    @Override
    public OptionalLong attaching(ChannelName channel, Source<?> source) {
        return listener.attaching(channel, source);
    }

    @Override
    public PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType) {
        return listener.formOf(channel, elementTypeName, elementType);
    }

    @Override
    public void onMessage(ElementMessage message) throws Exception {
        interceptor.before(message);
        try {
            listener.onMessage(message);
        } catch (Throwable e) {
            notify("failed", message, () -> interceptor.failed(message, e));
            throw e;
        }
        notify("after", message, () -> interceptor.after(message));
    }

    @Override
    public void undelivered(ListenerExecutionFailedException failure) {
        listener.undelivered(failure);
    }

    @Override
    public boolean recover(ListenerExecutionFailedException failure) throws Exception {
        return listener.recover(failure);
    }

    @Override
    public void reply(ElementMessage message, Object result) throws Exception {
        listener.reply(message, result);
    }

    private void notify(String what, ElementMessage message, UserCode.Action call) {
        Throwable thrown = UserCode.run(call);
        if (thrown != null) {
            faults.failed("interceptor failed: interceptor=" + interceptor.getClass().getName() + ", call=" + what
                    + ", message=" + message + ", error=" + UserCode.describe(thrown), "changes nothing", thrown);
        }
    }

    /** The listener itself: reports are about that. */
    @Override
    public String toString() {
        return listener.toString();
    }
}
