package io.zeroipc.spring;

import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.config.EnableZeroIpc;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.event.ChannelListenerEvent;
import io.zeroipc.spring.listener.ChannelListenerContainer;

/** Contexts without Spring Boot: listeners as a plain application has them. */
public final class TestContexts {

    private TestContexts() {
    }

    /** A refreshed context with a segment and the beans of some classes. */
    public static TestContext open(SegmentDefinition segment, Class<?>... components) {
        return open(segment, Map.of(), components);
    }

    public static TestContext open(SegmentDefinition segment, Map<String, Object> properties, Class<?>... components) {
        TestContext context = prepare(segment, properties, components);
        try {
            context.refresh();
            return context;
        } catch (RuntimeException | Error e) {
            context.close();
            throw e;
        }
    }

    /** The same before its refresh. */
    public static TestContext prepare(SegmentDefinition segment, Map<String, Object> properties,
            Class<?>... components) {
        TestContext context = new TestContext();
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        context.registerBean("definition", SegmentDefinition.class, () -> segment);
        context.register(PlainConfiguration.class);
        if (components.length > 0) {
            context.register(components);
        }
        return context;
    }

    /** What an application without Spring Boot writes. */
    @Configuration(proxyBeanMethods = false)
    @EnableZeroIpc
    public static class PlainConfiguration {}

    /** A context with short ways to what tests look at. */
    public static final class TestContext extends AnnotationConfigApplicationContext {

        private final CopyOnWriteArrayList<ChannelListenerEvent> events = new CopyOnWriteArrayList<>();

        TestContext() {
            addApplicationListener((ApplicationListener<ChannelListenerEvent>) events::add);
        }

        public CopyOnWriteArrayList<ChannelListenerEvent> events() {
            return events;
        }

        public SegmentRegistry segments() {
            return getBean(SegmentRegistry.class);
        }

        public ZeroIpcTemplate template() {
            return getBean(ZeroIpcTemplate.class);
        }

        public ChannelListenerEndpointRegistry listeners() {
            return getBean(ChannelListenerEndpointRegistry.class);
        }

        public ChannelListenerContainer container(String id) {
            return getBean(id, ChannelListenerContainer.class);
        }
    }
}
