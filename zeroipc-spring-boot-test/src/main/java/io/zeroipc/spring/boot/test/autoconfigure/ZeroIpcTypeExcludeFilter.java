package io.zeroipc.spring.boot.test.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

import io.zeroipc.codec.Codec;
import io.zeroipc.spring.config.ContainerCustomizer;
import io.zeroipc.spring.listener.ChannelListenerErrorHandler;
import io.zeroipc.spring.listener.ChannelMessageRecoverer;
import io.zeroipc.spring.listener.ListenerInterceptor;
import io.zeroipc.wait.WaitStrategy;

/** Leaves out of a {@link ZeroIpcTest} what its description does not name. */
final class ZeroIpcTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<ZeroIpcTest> {

    private static final Set<Class<?>> KNOWN = Set.of(ContainerCustomizer.class, ListenerInterceptor.class,
            ChannelListenerErrorHandler.class, ChannelMessageRecoverer.class, Codec.class, WaitStrategy.class);

    private final Set<Class<?>> listeners;

    /** Called by reflection. */
    ZeroIpcTypeExcludeFilter(Class<?> testClass) {
        super(testClass);
        Class<?>[] listed = getAnnotation().getClassArray("listeners");
        this.listeners = new LinkedHashSet<>(List.of(listed));
    }

    @Override
    protected Set<Class<?>> getKnownIncludes() {
        return KNOWN;
    }

    @Override
    protected Set<Class<?>> getComponentIncludes() {
        return listeners;
    }
}
