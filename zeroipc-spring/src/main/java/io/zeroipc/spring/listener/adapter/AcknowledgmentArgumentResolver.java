package io.zeroipc.spring.listener.adapter;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.listener.Acknowledgment;
import io.zeroipc.spring.listener.ElementMessage;

/** Gives listener methods what they acknowledge with. */
@Internal
public final class AcknowledgmentArgumentResolver implements HandlerMethodArgumentResolver {

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Acknowledgment.class;
    }

    @Override
    public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
        Acknowledgment acknowledgment = message instanceof ElementMessage element ? element.acknowledgment() : null;
        if (acknowledgment == null) {
            throw new IllegalStateException("listener has nothing to acknowledge: method=" + parameter.getExecutable()
                    + " (expected: ackMode=manual)");
        }
        return acknowledgment;
    }
}
