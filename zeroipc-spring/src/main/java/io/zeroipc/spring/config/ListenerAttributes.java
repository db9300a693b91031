package io.zeroipc.spring.config;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.messaging.handler.annotation.SendTo;

import io.zeroipc.segment.Structure;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.listener.InvalidSettingException;
import io.zeroipc.spring.listener.ListenerSetting;
import io.zeroipc.spring.listener.ListenerSettings;

/** The attributes of one {@link ChannelListener}, resolved. Reads the annotation without making a proxy of it. */
final class ListenerAttributes {

    private final BeanFactory beanFactory;
    private final MergedAnnotation<ChannelListener> annotation;
    private final AttributeResolver resolver;

    ListenerAttributes(BeanFactory beanFactory, MergedAnnotation<ChannelListener> annotation, String owner) {
        this.beanFactory = beanFactory;
        this.annotation = annotation;
        this.resolver = new AttributeResolver(beanFactory, owner);
    }

    @Nullable
    String id() {
        return resolver.text("id", annotation.getString("id"));
    }

    String segment() {
        String segment = resolver.text("segment", annotation.getString("segment"));
        return segment == null ? "" : segment;
    }

    List<String> channels() {
        String[] declared = annotation.getStringArray("channels");
        List<String> channels = new ArrayList<>();
        resolver.values("channels", declared).forEach(value -> channels.add(channelOf(value)));
        if (channels.isEmpty()) {
            throw resolver.wrong("channels", List.of(declared), "at least one channel: segment/structure", null);
        }
        return channels;
    }

    private String channelOf(Object value) {
        if (value instanceof Structure structure) {
            return nameOf(structure);
        }
        String text = value.toString();
        return text.startsWith("@")
                ? nameOf(resolver.beanOf("channels", text.substring(1), Structure.class))
                : text;
    }

    private String nameOf(Structure structure) {
        return beanFactory.getBean(SegmentRegistry.class)
                .nameOf(structure)
                .orElseThrow(() -> resolver.wrong("channels", structure.name(),
                        "a structure of a segment that the context knows", null))
                .toString();
    }

    /** Where the method's results go, the long form; null when it does not say. */
    @Nullable
    String sendTo(Method method) {
        SendTo declared = AnnotatedElementUtils.findMergedAnnotation(method, SendTo.class);
        if (declared == null) {
            return null;
        }
        List<Object> targets = resolver.values("@SendTo", declared.value());
        if (targets.size() != 1) {
            throw resolver.wrong("@SendTo", List.of(declared.value()), "exactly one channel: segment/structure", null);
        }
        SegmentRegistry registry = beanFactory.getBean(SegmentRegistry.class);
        return registry.channel(channelOf(targets.getFirst()), segment()).toString();
    }

    ChannelListenerContainerFactory containerFactory(String defaultName) {
        String declared = annotation.getString("containerFactory");
        ChannelListenerContainerFactory factory = resolver.bean("containerFactory", declared,
                ChannelListenerContainerFactory.class);
        return factory != null
                ? factory
                : resolver.beanOf("containerFactory", defaultName, ChannelListenerContainerFactory.class);
    }

    /** What the annotation says about the settings that it has attributes for. */
    ListenerSettings settings() {
        ListenerSettings settings = new ListenerSettings();
        ListenerSettingConverter converter = new ListenerSettingConverter(beanFactory);
        for (ListenerSetting<?> setting : ListenerSettings.ALL) {
            String attribute = setting.name();
            String text = annotation.getValue(attribute, String.class).orElse("");
            Object value = resolver.value(attribute, text);
            if (value == null) {
                continue;
            }
            try {
                converter.apply(setting, value, settings);
            } catch (InvalidSettingException e) {
                throw resolver.wrong(attribute, value, e.expected(), e);
            }
        }
        return settings;
    }
}
