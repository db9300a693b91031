package io.zeroipc.spring.config;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.RepeatableContainers;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.annotation.ChannelListeners;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.adapter.Replies;

/**
 * Finds the methods that are annotated with {@link ChannelListener}, directly, repeatedly or through another annotation,
 * and registers their listeners once all singletons are there.
 */
public final class ChannelListenerAnnotationBeanPostProcessor
        implements BeanPostProcessor, Ordered, BeanFactoryAware, SmartInitializingSingleton {

    /** The container factory of listeners that name none. */
    public static final String DEFAULT_CONTAINER_FACTORY = "channelListenerContainerFactory";

    /** Classes without listeners, so that each is searched once; emptied when the singletons are there. */
    private final Set<Class<?>> withoutListeners = ConcurrentHashMap.newKeySet();
    private final List<Found> found = new ArrayList<>();
    private boolean singletonsInstantiated;
    private @Nullable BeanFactory beanFactory;

    /** An annotation, still unresolved: its texts may name beans that are not there yet. */
    private record Found(Object bean, Method method, MergedAnnotation<ChannelListener> annotation) {}

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void setBeanFactory(BeanFactory factory) {
        this.beanFactory = factory;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> type = AopUtils.getTargetClass(bean);
        if (withoutListeners.contains(type) || !AnnotationUtils.isCandidateClass(type, ChannelListener.class)) {
            return bean;
        }
        Map<Method, List<MergedAnnotation<ChannelListener>>> methods = MethodIntrospector.selectMethods(type,
                (MethodIntrospector.MetadataLookup<List<MergedAnnotation<ChannelListener>>>) method -> {
                    List<MergedAnnotation<ChannelListener>> annotations = annotationsOf(method);
                    return annotations.isEmpty() ? null : annotations;
                });
        if (methods.isEmpty()) {
            withoutListeners.add(type);
            return bean;
        }
        methods.forEach((method, annotations) -> {
            // The proxy's own method: interceptors apply, and a method that the proxy hides is an error here.
            Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
            annotations.forEach(annotation -> add(new Found(bean, invocable, annotation)));
        });
        return bean;
    }

    private static List<MergedAnnotation<ChannelListener>> annotationsOf(Method method) {
        return MergedAnnotations
                .from(method, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY,
                        RepeatableContainers.explicitRepeatable(ChannelListener.class, ChannelListeners.class))
                .stream(ChannelListener.class)
                .collect(Collectors.toList());
    }

    private synchronized void add(Found listener) {
        if (singletonsInstantiated) {
            register(listener);
        } else {
            found.add(listener);
        }
    }

    @Override
    public synchronized void afterSingletonsInstantiated() {
        singletonsInstantiated = true;
        withoutListeners.clear();
        found.forEach(this::register);
        found.clear();
    }

    private void register(Found listener) {
        BeanFactory factory = requireBeanFactory();
        ChannelListenerEndpointRegistry registry = factory.getBean(ChannelListenerEndpointRegistry.class);
        ListenerAttributes attributes = new ListenerAttributes(factory, listener.annotation(),
                AopUtils.getTargetClass(listener.bean()).getName() + "." + listener.method().getName());
        String id = attributes.id();
        Method declared = AopUtils.getMostSpecificMethod(listener.method(), AopUtils.getTargetClass(listener.bean()));
        String sendTo = attributes.sendTo(declared);
        SegmentRegistry segments = factory.getBean(SegmentRegistry.class);
        Supplier<ZeroIpcOperations> template = () -> factory.getBeanProvider(ZeroIpcOperations.class)
                .getIfUnique(() -> new ZeroIpcTemplate(segments));
        MethodChannelListenerEndpoint endpoint = new MethodChannelListenerEndpoint(
                id != null ? id : defaultId(listener, factory), attributes.channels(), attributes.segment(),
                attributes.settings(), listener.bean(), listener.method(),
                converters -> new Replies(sendTo, segments, template, converters));
        registry.register(endpoint, attributes.containerFactory(DEFAULT_CONTAINER_FACTORY));
    }

    /** Class and method, with a number where a name is used again: by an overload, or another annotation. */
    private static String defaultId(Found listener, BeanFactory factory) {
        String name = AopUtils.getTargetClass(listener.bean()).getSimpleName() + "." + listener.method().getName();
        String id = name;
        for (int i = 2; factory.containsBean(id); i++) {
            id = name + "#" + i;
        }
        return id;
    }

    private BeanFactory requireBeanFactory() {
        BeanFactory present = beanFactory;
        if (present == null) {
            throw new IllegalStateException("listeners are found outside of a bean factory");
        }
        return present;
    }
}
