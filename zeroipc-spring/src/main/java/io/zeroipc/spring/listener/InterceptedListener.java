package io.zeroipc.spring.listener;

import java.util.List;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.FailureLog;
import io.zeroipc.spring.core.UserCode;

/** A listener with something around each of its calls. */
@Internal
public final class InterceptedListener extends ListenerWrapper {

    private final ListenerInterceptor interceptor;
    private final FailureLog faults = new FailureLog();

    private InterceptedListener(ElementListener listener, ListenerInterceptor interceptor) {
        super(listener);
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
    public void onMessage(ElementMessage message) throws Exception {
        interceptor.before(message);
        try {
            wrapped().onMessage(message);
        } catch (Throwable e) {
            notify("failed", message, () -> interceptor.failed(message, e));
            throw e;
        }
        notify("after", message, () -> interceptor.after(message));
    }

    private void notify(String what, ElementMessage message, UserCode.Action call) {
        Throwable thrown = UserCode.run(call);
        if (thrown != null) {
            faults.failed("interceptor failed: interceptor=" + interceptor.getClass().getName() + ", call=" + what
                    + ", message=" + message + ", error=" + UserCode.describe(thrown), "changes nothing", thrown);
        }
    }
}
