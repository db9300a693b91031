package io.zeroipc.spring.listener.adapter;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.util.ClassUtils;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.UserCode;
import io.zeroipc.spring.core.envelope.EnvelopeSlot;
import io.zeroipc.spring.listener.AckMode;
import io.zeroipc.spring.listener.Acknowledgment;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.InvalidListenerException;
import io.zeroipc.spring.listener.PayloadCall;
import io.zeroipc.spring.listener.PayloadForm;

/** Calls a method of a bean, whose parameters {@code spring-messaging} resolves. Thread-safe if the bean is. */
@Internal
public final class MethodElementListener implements ElementListener {

    private final PayloadParameter payload;
    private final InvocableHandlerMethod invocable;
    private final String description;
    private final Method method;
    private final Replies replies;
    private final Class<?> resultType;
    /** Null when the result is there when the method returns. */
    private final @Nullable LaterResult later;
    private final PayloadConverters converters;
    private final @Nullable PayloadCall call;

    /**
     * @param method a method that {@code bean} itself has: that of its proxy, if it is one
     * @param batch whether the listener is declared to take batches; null to follow the method. When it is false, a
     *     {@code List} is made of one element.
     * @param converters make payloads of elements that are not of the declared type
     * @param replies send what the method returns
     * @throws InvalidListenerException when the method cannot be a listener, or does not fit {@code batch}
     */
    public MethodElementListener(Object bean, Method method, MessageHandlerMethodFactory methodFactory,
            @Nullable Boolean batch, PayloadConverters converters, Replies replies) {
        this.later = LaterResult.of(method, ClassUtils.getUserClass(bean));
        requireResultInTime(method);
        this.payload = PayloadParameter.of(method, ClassUtils.getUserClass(bean), !Boolean.FALSE.equals(batch));
        if (Boolean.TRUE.equals(batch) && !payload.list()) {
            throw PayloadParameter.refused(method, "batch=true, and its payload is not a List", "List of the element");
        }
        this.converters = converters;
        this.method = method;
        this.replies = replies;
        this.resultType = later == null ? method.getReturnType() : later.type();
        this.invocable = methodFactory.createInvocableHandlerMethod(bean, method);
        this.description = ClassUtils.getUserClass(bean).getSimpleName() + "." + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
        this.call = callOf(bean, methodFactory);
        requireReceiver();
    }

    /** Null when it takes something else than a payload as it is, or has a result. */
    private @Nullable PayloadCall callOf(Object bean, MessageHandlerMethodFactory methodFactory) {
        if (later != null || !isNothing(resultType) || !(methodFactory instanceof ListenerMethodFactory own)
                || !own.takesPayloadAlone(method)) {
            return null;
        }
        UserCode.Taker<Object> code = BeanMethodCall.of(bean, method);
        return code == null
                ? null
                : new PayloadCall(payload.list() ? List.class : ClassUtils.resolvePrimitiveIfNecessary(payload.type()),
                        code);
    }

    /** What is returned has to go somewhere, and what goes somewhere has to be returned. */
    private void requireReceiver() {
        boolean nothing = isNothing(resultType);
        if (nothing && replies.hasTarget()) {
            throw PayloadParameter.refused(method, "it has @SendTo, and returns nothing", "a result, or no @SendTo");
        }
        if (!nothing && payload.list() && !replies.hasTarget()) {
            throw nobodyTakes("void, or @SendTo(\"segment/structure\") for the result of a batch");
        }
        if (!nothing) {
            replies.check(description, resultType);
        }
    }

    private InvalidListenerException nobodyTakes(String expected) {
        return PayloadParameter.refused(method, "nobody would take its result: returnType=" + resultType.getTypeName(),
                expected);
    }

    private static boolean isNothing(Class<?> result) {
        return result == void.class || result == Void.class;
    }

    /** Whether a bean's method takes a list. */
    public static boolean takesBatch(Object bean, Method method) {
        return PayloadParameter.of(method, ClassUtils.getUserClass(bean), true).list();
    }

    /**
     * Refuses a method that acknowledges what is not up to it, or could not acknowledge what is.
     *
     * @throws InvalidListenerException names what would do
     */
    public static void requireAcknowledging(Method method, AckMode mode) {
        if (mode != AckMode.MANUAL && List.of(method.getParameterTypes()).contains(Acknowledgment.class)) {
            throw PayloadParameter.refused(method,
                    "it acknowledges, and ackMode=" + mode.name().toLowerCase(Locale.ROOT),
                    "ackMode=manual, or no parameter of type Acknowledgment");
        }
        if (mode == AckMode.MANUAL && !canAcknowledge(method)) {
            throw PayloadParameter.refused(method, "ackMode=manual, and it cannot acknowledge",
                    "a parameter of type Acknowledgment");
        }
    }

    /** Whether a method can acknowledge: by a parameter of its own, or by a header of the message that it takes. */
    public static boolean canAcknowledge(Method method) {
        List<Class<?>> types = List.of(method.getParameterTypes());
        return types.contains(Acknowledgment.class) || types.stream().anyMatch(Message.class::isAssignableFrom);
    }

    @Override
    public boolean isBatch() {
        return payload.list();
    }

    @Override
    public boolean needsAcknowledgment() {
        return List.of(method.getParameterTypes()).contains(Acknowledgment.class);
    }

    @Override
    public PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType) {
        if (!isNothing(resultType) && !replies.hasTarget() && EnvelopeSlot.of(elementTypeName).isEmpty()) {
            throw nobodyTakes("void, or @SendTo(\"segment/structure\"), or a channel of frame(n) with requests that"
                    + " name a channel for the reply");
        }
        return payload.formOf(channel, elementTypeName, elementType, describe(), converters);
    }

    @Override
    public @Nullable PayloadCall payloadCall() {
        return call;
    }

    @Override
    public void onMessage(ElementMessage message) throws Exception {
        Object returned = invocable.invoke(message);
        Object result = later == null ? returned : later.await(returned);
        if (result != null) {
            reply(message, result);
        }
    }

    @Override
    public void reply(ElementMessage message, Object result) {
        replies.send(description, message, result);
    }

    /** The method as messages name it: {@code AlertLog.onAlert(Alert)}. */
    public String describe() {
        return description;
    }

    @Override
    public String toString() {
        return describe();
    }

    private void requireResultInTime(Method method) {
        Class<?> result = method.getReturnType();
        if (later == null && isAsynchronous(result)) {
            throw PayloadParameter.refused(method,
                    "it returns before its work is done: returnType=" + result.getTypeName(),
                    "void, the result itself, or one that can be waited for: a CompletableFuture, or a Mono with Reactor");
        }
        if (Modifier.isStatic(method.getModifiers())) {
            throw PayloadParameter.refused(method, "it is static", "a method of the bean");
        }
    }

    private static boolean isAsynchronous(Class<?> result) {
        if (Future.class.isAssignableFrom(result) || Flow.Publisher.class.isAssignableFrom(result)) {
            return true;
        }
        return isPublisher(result);
    }

    /** By name, because it need not be there: every reactive library returns one of these, at some depth. */
    private static boolean isPublisher(@Nullable Class<?> type) {
        return type != null && (type.getName().equals("org.reactivestreams.Publisher")
                || isPublisher(type.getSuperclass())
                || Arrays.stream(type.getInterfaces()).anyMatch(MethodElementListener::isPublisher));
    }
}
