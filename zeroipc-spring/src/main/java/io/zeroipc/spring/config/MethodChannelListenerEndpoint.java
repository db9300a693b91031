package io.zeroipc.spring.config;

import java.lang.reflect.Method;
import java.util.List;
import java.util.function.Function;

import org.springframework.aop.support.AopUtils;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;
import org.springframework.util.ClassUtils;

import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.adapter.MethodElementListener;
import io.zeroipc.spring.listener.adapter.Replies;

/** A method of a bean that is annotated as a listener. */
final class MethodChannelListenerEndpoint implements ChannelListenerEndpoint {

    private final String id;
    private final List<String> channels;
    private final String segment;
    private final ListenerSettings settings;
    private final Object bean;
    private final Method method;
    private final Function<PayloadConverters, Replies> replies;

    MethodChannelListenerEndpoint(String id, List<String> channels, String segment, ListenerSettings settings,
            Object bean, Method method, Function<PayloadConverters, Replies> replies) {
        this.id = id;
        this.channels = List.copyOf(channels);
        this.segment = segment;
        this.settings = settings;
        this.bean = bean;
        this.method = method;
        this.replies = replies;
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public List<String> getChannels() {
        return channels;
    }

    @Override
    public String getSegment() {
        return segment;
    }

    @Override
    public ListenerSettings getSettings() {
        return settings;
    }

    @Override
    public boolean takesBatch() {
        return MethodElementListener.takesBatch(bean, method);
    }

    @Override
    public boolean canAcknowledge() {
        return MethodElementListener.canAcknowledge(method);
    }

    @Override
    public ElementListener createListener(MessageHandlerMethodFactory methodFactory, ListenerSettings merged) {
        MethodElementListener.requireAcknowledging(method, merged.getAckMode());
        return new MethodElementListener(bean, method, methodFactory, merged.getBatch(),
                merged.getPayloadConverters(), replies.apply(merged.getPayloadConverters()));
    }

    @Override
    public String describe() {
        return ClassUtils.getUserClass(AopUtils.getTargetClass(bean)).getName() + "." + method.getName();
    }
}
