package io.zeroipc.spring.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.annotation.MergedAnnotation;

import io.zeroipc.segment.Source;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.listener.ChannelListenerErrorHandler;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.ListenerWaitStrategy;
import io.zeroipc.wait.WaitStrategy;

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

    ChannelListenerContainerFactory containerFactory(String defaultName) {
        String declared = annotation.getString("containerFactory");
        ChannelListenerContainerFactory factory = resolver.bean("containerFactory", declared,
                ChannelListenerContainerFactory.class);
        return factory != null
                ? factory
                : resolver.beanOf("containerFactory", defaultName, ChannelListenerContainerFactory.class);
    }

    ListenerSettings settings() {
        ListenerSettings settings = new ListenerSettings();
        set("concurrency", resolver::integer, settings::setConcurrency);
        set("autoStartup", resolver::bool, settings::setAutoStartup);
        set("batch", resolver::bool, settings::setBatch);
        set("maxBatchSize", resolver::integer, settings::setMaxBatchSize);
        set("waitStrategy", this::waitStrategy, settings::setWaitStrategy);
        set("startPosition", (name, text) -> resolver.constant(name, text, Source.Start.class),
                settings::setStartPosition);
        set("errorHandler", (name, text) -> resolver.bean(name, text, ChannelListenerErrorHandler.class),
                settings::setErrorHandler);
        set("shutdownTimeout", resolver::duration, settings::setShutdownTimeout);
        return settings;
    }

    private @Nullable ListenerWaitStrategy waitStrategy(String attribute, String text) {
        Object value = resolver.value(attribute, text);
        if (value == null) {
            return null;
        }
        if (value instanceof WaitStrategy strategy) {
            return new ListenerWaitStrategy(strategy.toString(), strategy);
        }
        String name = value.toString().trim();
        try {
            return ListenerWaitStrategy.ofName(name);
        } catch (IllegalArgumentException e) {
            if (beanFactory.containsBean(name) && beanFactory.isTypeMatch(name, WaitStrategy.class)) {
                return new ListenerWaitStrategy(name, beanFactory.getBean(name, WaitStrategy.class));
            }
            throw resolver.wrong(attribute, name, "spin, yield, backoff, park, or the name of a WaitStrategy bean", e);
        }
    }

    private <V> void set(String attribute, Reader<V> reader, Consumer<V> setter) {
        V value = reader.read(attribute, annotation.getString(attribute));
        if (value == null) {
            return;
        }
        try {
            setter.accept(value);
        } catch (IllegalArgumentException e) {
            throw resolver.wrong(attribute, value, "a value that makes sense: " + e.getMessage(), e);
        }
    }

    @FunctionalInterface
    private interface Reader<V> {

        @Nullable
        V read(String attribute, String text);
    }
}
