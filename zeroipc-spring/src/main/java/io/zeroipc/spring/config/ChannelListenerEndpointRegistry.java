package io.zeroipc.spring.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.util.Assert;

import io.zeroipc.spring.core.NearMatches;
import io.zeroipc.spring.listener.ChannelListenerContainer;

/**
 * The listeners of a context by id. The containers themselves are singleton beans with a life of their own; this is the
 * place to find, add and remove them. Thread-safe.
 */
public final class ChannelListenerEndpointRegistry
        implements ApplicationContextAware, ApplicationListener<ContextRefreshedEvent> {

    private static final Log LOG = LogFactory.getLog(ChannelListenerEndpointRegistry.class);

    /** What the bean of a container is called where its id is the name of another bean, a structure's short one for example. */
    private static final String BEAN_NAME_SUFFIX = ".listener";

    private final Map<String, ChannelListenerContainer> containers = Collections.synchronizedMap(new LinkedHashMap<>());
    /** Names of the containers' beans by their ids; whoever adds an id here has it. */
    private final Map<String, String> beanNames = new ConcurrentHashMap<>();
    private @Nullable ConfigurableApplicationContext applicationContext;

    @Override
    public void setApplicationContext(ApplicationContext context) {
        Assert.isInstanceOf(ConfigurableApplicationContext.class, context);
        this.applicationContext = (ConfigurableApplicationContext) context;
    }

    /** The container with this id, if there is one. */
    public Optional<ChannelListenerContainer> findContainer(String id) {
        return Optional.ofNullable(containers.get(id));
    }

    /**
     * The container with this id.
     *
     * @throws IllegalArgumentException when there is none; the message lists those there are
     */
    public ChannelListenerContainer getContainer(String id) {
        ChannelListenerContainer container = containers.get(id);
        if (container == null) {
            throw new IllegalArgumentException("listener is unknown: id=" + id + " (expected: one of " + getIds()
                    + ")");
        }
        return container;
    }

    /** All containers, in the order of their registration. */
    public Collection<ChannelListenerContainer> getContainers() {
        synchronized (containers) {
            return List.copyOf(containers.values());
        }
    }

    public List<String> getIds() {
        synchronized (containers) {
            return List.copyOf(containers.keySet());
        }
    }

    /**
     * Makes a container of an endpoint and registers it as a bean. It starts with the context, or at once when the
     * context runs already, unless it is not to start by itself. The bean is called like the listener, or, where another bean is
     * called so, with {@code .listener} behind it.
     *
     * @throws DuplicateListenerIdException when the id is that of another listener
     */
    public ChannelListenerContainer register(ChannelListenerEndpoint endpoint,
            ChannelListenerContainerFactory factory) {
        ConfigurableApplicationContext context = requireContext();
        String id = endpoint.getId();
        if (beanNames.containsKey(id)) {
            throw taken(endpoint);
        }
        ListenerOverrides overrides = overrides(context);
        ChannelListenerContainer container = factory.createContainer(
                overrides == null ? endpoint : new OverriddenEndpoint(endpoint, overrides.settingsOf(id)));
        container.setNeighbours(this::getContainers);
        container.setStartedByOwner(endpoint.isStartedByOwner());
        if (beanNames.putIfAbsent(id, id) != null) {
            // Another thread was faster.
            throw taken(endpoint);
        }
        beanFactory(context).initializeBean(container, registerBean(id, container, beanFactory(context)));
        containers.put(id, container);
        if (context.isRunning() && container.isAutoStartup()) {
            container.start();
        }
        return container;
    }

    /**
     * Warns of settings whose listener is not there: a spelling mistake would leave a listener as it was, and nobody would
     * know. No failure, because listeners may also be registered later.
     */
    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        ConfigurableApplicationContext context = requireContext();
        ListenerOverrides overrides = event.getApplicationContext().equals(context) ? overrides(context) : null;
        if (overrides == null) {
            return;
        }
        List<String> ids = getIds();
        for (String unused : overrides.unusedIds(ids)) {
            List<String> near = NearMatches.of(unused, ids);
            LOG.warn("no listener has the id that there are settings for: id=" + unused + ", settings=" + overrides
                    + " (" + (near.isEmpty() ? "known: " + ids : "did you mean " + String.join(" or ", near))
                    + "; they apply if it is registered later)");
        }
    }

    private String registerBean(String id, ChannelListenerContainer container,
            DefaultListableBeanFactory beanFactory) {
        String name = id;
        for (int i = 1; beanFactory.containsBean(name); i++) {
            name = id + BEAN_NAME_SUFFIX + (i == 1 ? "" : "#" + i);
        }
        beanFactory.registerSingleton(name, container);
        beanNames.put(id, name);
        return name;
    }

    private DuplicateListenerIdException taken(ChannelListenerEndpoint endpoint) {
        ChannelListenerContainer other = containers.get(endpoint.getId());
        return new DuplicateListenerIdException(endpoint.getId(), endpoint.describe(),
                other == null ? "another listener" : "the listener " + other.getListener());
    }

    /** Stops a container and forgets it; its id is free again. False when there is none. */
    public boolean unregister(String id) {
        ChannelListenerContainer container = containers.remove(id);
        if (container == null) {
            return false;
        }
        container.stop();
        String bean = beanNames.get(id);
        if (bean != null) {
            beanFactory(requireContext()).destroySingleton(bean);
        }
        beanNames.remove(id);
        return true;
    }

    /** Starts the container with this id. */
    public void start(String id) {
        getContainer(id).start();
    }

    /** Stops the container with this id, and waits for it. */
    public void stop(String id) {
        getContainer(id).stop();
    }

    /** Pauses the container with this id, and does not wait for it. */
    public void pause(String id) {
        getContainer(id).pause();
    }

    /** Ends the pause of the container with this id. */
    public void resume(String id) {
        getContainer(id).resume();
    }

    private static @Nullable ListenerOverrides overrides(ConfigurableApplicationContext context) {
        return context.getBeanProvider(ListenerOverrides.class).getIfUnique();
    }

    private ConfigurableApplicationContext requireContext() {
        ConfigurableApplicationContext context = applicationContext;
        Assert.state(context != null, "listener registry is used outside of an application context");
        return context;
    }

    private static DefaultListableBeanFactory beanFactory(ConfigurableApplicationContext context) {
        return (DefaultListableBeanFactory) context.getBeanFactory();
    }
}
