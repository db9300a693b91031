package io.zeroipc.spring.config;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.RepeatableContainers;
import org.springframework.util.ClassUtils;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.annotation.ChannelListeners;
import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.listener.InvalidListenerException;
import io.zeroipc.spring.listener.adapter.Replies;

/**
 * Finds the methods that are annotated with {@link ChannelListener}, directly, repeatedly or through another annotation,
 * and registers their listeners once all singletons are there. A bean has its listeners once, however many instances there
 * are: those of a scope with proxies are called through the proxy, and beans that are there only when somebody asks are asked
 * for. Thread-safe, and never waits: a bean may be created by any thread at any time.
 */
@Internal
public final class ChannelListenerAnnotationBeanPostProcessor
        implements BeanPostProcessor, Ordered, BeanFactoryAware, SmartInitializingSingleton {

    /** The container factory of listeners that name none. */
    public static final String DEFAULT_CONTAINER_FACTORY = "channelListenerContainerFactory";

    /** What Spring puts in front of the name of a bean that stands behind the proxy of its scope. */
    private static final String SCOPED_TARGET = ScopedProxyUtils.getTargetBeanName("");
    /** Scopes that end with something that no listener's thread has a part in. */
    private static final Set<String> SCOPES_OF_REQUESTS = Set.of("request", "session");

    /** Classes without listeners, so that each is searched once; emptied when the singletons are there. */
    private final Set<Class<?>> withoutListeners = ConcurrentHashMap.newKeySet();
    private final Queue<Found> found = new ConcurrentLinkedQueue<>();
    /** Ids that were made here, and may not be those of a bean yet. */
    private final Set<String> defaultIds = ConcurrentHashMap.newKeySet();
    private volatile boolean singletonsInstantiated;
    private @Nullable BeanFactory beanFactory;

    /** An annotation, still unresolved: its texts may name beans that are not there yet. */
    private record Found(Object bean, Method method, MergedAnnotation<ChannelListener> annotation) {

        Class<?> type() {
            return typeOf(bean);
        }
    }

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
        if (ScopedProxyUtils.isScopedTarget(beanName)
                || (bean instanceof AopInfrastructureBean && !(bean instanceof ScopedObject))) {
            // The proxy in front of it has the listeners; what only serves proxies has none.
            return bean;
        }
        listenersOf(typeOf(bean)).forEach((method, annotations) -> {
            requireOneInstance(beanName, bean);
            // The proxy's own method: interceptors apply, and a method that the proxy hides is an error here.
            Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
            annotations.forEach(annotation -> add(new Found(bean, invocable, annotation)));
        });
        return bean;
    }

    /** The class that somebody wrote: behind proxies, and without what Spring adds to configuration classes. */
    private static Class<?> typeOf(Object bean) {
        return ClassUtils.getUserClass(AopUtils.getTargetClass(bean));
    }

    private Map<Method, List<MergedAnnotation<ChannelListener>>> listenersOf(Class<?> type) {
        if (withoutListeners.contains(type) || !AnnotationUtils.isCandidateClass(type, ChannelListener.class)) {
            return Map.of();
        }
        Map<Method, List<MergedAnnotation<ChannelListener>>> methods = MethodIntrospector.selectMethods(type,
                (MethodIntrospector.MetadataLookup<List<MergedAnnotation<ChannelListener>>>) method -> {
                    List<MergedAnnotation<ChannelListener>> annotations = annotationsOf(method);
                    return annotations.isEmpty() ? null : annotations;
                });
        if (methods.isEmpty()) {
            withoutListeners.add(type);
        }
        return methods;
    }

    /** Refuses a bean of which there may be many: each would take elements that another one was to have. */
    private void requireOneInstance(String beanName, Object bean) {
        if (bean instanceof ScopedObject || !(beanFactory instanceof ConfigurableListableBeanFactory factory)
                || !factory.containsBeanDefinition(beanName)) {
            // What is no bean by definition was handed to the factory by somebody who knows that there is one.
            return;
        }
        BeanDefinition definition = factory.getMergedBeanDefinition(beanName);
        if (!definition.isSingleton()) {
            throw manyInstances(beanName, definition, typeOf(bean));
        }
    }

    private static InvalidListenerException manyInstances(String beanName, BeanDefinition definition, Class<?> type) {
        String scope = definition.isPrototype()
                ? BeanDefinition.SCOPE_PROTOTYPE
                : String.valueOf(definition.getScope());
        return new InvalidListenerException(
                "listener's bean has no instance that lasts: bean=" + beanName + ", type=" + type.getName() + ", scope="
                        + scope,
                SCOPES_OF_REQUESTS.contains(scope)
                        ? "a singleton with the listener, which no request is needed for"
                        : "a singleton, or a scope with proxyMode = ScopedProxyMode.TARGET_CLASS, whose present instance is"
                                + " called",
                null);
    }

    private static List<MergedAnnotation<ChannelListener>> annotationsOf(Method method) {
        return MergedAnnotations
                .from(method, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY,
                        RepeatableContainers.explicitRepeatable(ChannelListener.class, ChannelListeners.class))
                .stream(ChannelListener.class)
                .collect(Collectors.toList());
    }

    private void add(Found listener) {
        found.add(listener);
        // Added first, looked second; afterSingletonsInstantiated() says it first and looks for listeners second. What both see
        // one of them takes.
        if (singletonsInstantiated) {
            registerFound();
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (beanFactory instanceof ConfigurableListableBeanFactory factory) {
            instantiateRest(factory);
        }
        singletonsInstantiated = true;
        withoutListeners.clear();
        registerFound();
    }

    /** Listeners run, also those of beans that nobody has asked for: lazy ones, and those behind the proxy of a scope. */
    private void instantiateRest(ConfigurableListableBeanFactory factory) {
        for (String name : factory.getBeanDefinitionNames()) {
            BeanDefinition definition = factory.getMergedBeanDefinition(name);
            if (definition.isAbstract() || (definition.isSingleton() && !definition.isLazyInit())) {
                continue;
            }
            Class<?> type = factory.getType(name, false);
            if (type == null || listenersOf(ClassUtils.getUserClass(type)).isEmpty()) {
                continue;
            }
            boolean proxied = ScopedProxyUtils.isScopedTarget(name);
            if (!definition.isSingleton() && (!proxied || SCOPES_OF_REQUESTS.contains(definition.getScope()))) {
                throw manyInstances(name, definition, type);
            }
            var _ = factory.getBean(proxied ? name.substring(SCOPED_TARGET.length()) : name);
        }
    }

    private void registerFound() {
        for (Found next = found.poll(); next != null; next = found.poll()) {
            register(next);
        }
    }

    private void register(Found listener) {
        BeanFactory factory = requireBeanFactory();
        ChannelListenerEndpointRegistry registry = factory.getBean(ChannelListenerEndpointRegistry.class);
        ListenerAttributes attributes = new ListenerAttributes(factory, listener.annotation(),
                listener.type().getName() + "." + listener.method().getName());
        String id = attributes.id();
        Method declared = AopUtils.getMostSpecificMethod(listener.method(), listener.type());
        String sendTo = attributes.sendTo(declared);
        SegmentRegistry segments = factory.getBean(SegmentRegistry.class);
        ListenerTemplate template = new ListenerTemplate(factory, segments, "results",
                listener.type().getName() + "." + listener.method().getName());
        if (declared.getReturnType() != void.class) {
            var _ = template.get();
        }
        MethodChannelListenerEndpoint endpoint = new MethodChannelListenerEndpoint(
                id != null ? id : defaultId(listener, factory), attributes.channels(), attributes.segment(),
                attributes.settings(), listener.bean(), listener.method(),
                converters -> new Replies(sendTo, segments, template, converters));
        registry.register(endpoint, attributes.containerFactory(DEFAULT_CONTAINER_FACTORY));
    }

    /** Class and method, with a number where a name is used again: by an overload, or another annotation. */
    private String defaultId(Found listener, BeanFactory factory) {
        String name = listener.type().getSimpleName() + "." + listener.method().getName();
        String id = name;
        for (int i = 2; factory.containsBean(id) || !defaultIds.add(id); i++) {
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
