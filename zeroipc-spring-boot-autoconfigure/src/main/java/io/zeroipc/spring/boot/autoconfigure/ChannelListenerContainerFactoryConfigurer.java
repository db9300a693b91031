package io.zeroipc.spring.boot.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.validation.Validator;

import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.listener.ChannelListenerErrorHandler;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.ListenerWaitStrategy;
import io.zeroipc.wait.WaitStrategy;

/**
 * Gives a factory of listener containers what the properties and the context say: for the factory that is configured
 * automatically, and for those of applications that want to begin with the same.
 */
public final class ChannelListenerContainerFactoryConfigurer {

    private static final String PREFIX = PropertyNames.PREFIX + ".listener";

    private final ZeroIpcProperties.Listener properties;
    private final BeanFactory beanFactory;
    private final boolean virtualThreads;
    private final @Nullable ChannelListenerErrorHandler errorHandler;
    private final @Nullable Validator validator;

    ChannelListenerContainerFactoryConfigurer(ZeroIpcProperties.Listener properties, BeanFactory beanFactory,
            boolean virtualThreads, @Nullable ChannelListenerErrorHandler errorHandler, @Nullable Validator validator) {
        this.properties = properties;
        this.beanFactory = beanFactory;
        this.virtualThreads = virtualThreads;
        this.errorHandler = errorHandler;
        this.validator = validator;
    }

    /**
     * Configures a factory; what was set before is overwritten.
     *
     * @throws InvalidZeroIpcPropertyException when a property has a value that cannot work
     */
    public void configure(DefaultChannelListenerContainerFactory factory) {
        ListenerSettings defaults = factory.getDefaults();
        defaults.setAutoStartup(properties.autoStartup());
        if (properties.type() == ZeroIpcProperties.ListenerType.BATCH) {
            defaults.setBatch(true);
        }
        defaults.setConcurrency(positive("concurrency", properties.concurrency()));
        defaults.setMaxBatchSize(positive("max-batch-size", properties.maxBatchSize()));
        defaults.setStartPosition(properties.startPosition());
        defaults.setWaitStrategy(waitStrategy());
        defaults.setShutdownTimeout(notNegative("shutdown-timeout", properties.shutdownTimeout()));
        defaults.setPhase(properties.phase());
        defaults.setVirtualThreads(virtualThreads);
        if (errorHandler != null) {
            defaults.setErrorHandler(errorHandler);
        }
        factory.setValidator(validator);
    }

    private ListenerWaitStrategy waitStrategy() {
        String name = properties.waitStrategy();
        try {
            return ListenerWaitStrategy.ofName(name);
        } catch (IllegalArgumentException e) {
            if (beanFactory.containsBean(name) && beanFactory.isTypeMatch(name, WaitStrategy.class)) {
                return new ListenerWaitStrategy(name, beanFactory.getBean(name, WaitStrategy.class));
            }
            throw new InvalidZeroIpcPropertyException(PREFIX + ".wait-strategy", name, "wait strategy is unknown",
                    "Write 'spin', 'yield', 'backoff', 'park', or the name of a bean of type WaitStrategy.", e);
        }
    }

    private static int positive(String property, int value) {
        if (value < 1) {
            throw new InvalidZeroIpcPropertyException(PREFIX + "." + property, value, "number is not positive",
                    "Write 1 or more.");
        }
        return value;
    }

    private static Duration notNegative(String property, Duration value) {
        if (value.isNegative()) {
            throw new InvalidZeroIpcPropertyException(PREFIX + "." + property, value, "duration is negative",
                    "Write a duration such as '10s', or '0s' to interrupt at once.");
        }
        return value;
    }
}
