package io.zeroipc.spring.config;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.SegmentRegistry;

/** Registers segments that applications open in code and declare as beans, under the name that they have themselves. */
final class SegmentBeanPostProcessor implements DestructionAwareBeanPostProcessor {

    private final ObjectProvider<SegmentRegistry> registry;

    SegmentBeanPostProcessor(ObjectProvider<SegmentRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Segment segment && !isKnown(segment)) {
            registry.getObject().register(segment.name(), segment);
        }
        return bean;
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return bean instanceof Segment;
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        if (bean instanceof Segment segment) {
            SegmentRegistry segments = registry.getIfAvailable();
            if (segments != null && segments.definition(segment.name()).isEmpty()
                    && segments.find(segment.name()).filter(segment::equals).isPresent()) {
                segments.remove(segment.name());
            }
        }
    }

    /** Segments that the registry opened itself are known already, under the name of their definition. */
    private boolean isKnown(Segment segment) {
        SegmentRegistry segments = registry.getObject();
        return segments.names().stream().anyMatch(name -> segments.find(name).filter(segment::equals).isPresent());
    }
}
