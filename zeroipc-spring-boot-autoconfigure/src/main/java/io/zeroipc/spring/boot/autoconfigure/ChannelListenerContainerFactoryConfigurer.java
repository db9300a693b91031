package io.zeroipc.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.validation.Validator;

import io.zeroipc.segment.Pollers;
import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.config.ListenerSettingConverter;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.listener.ChannelMessageRecoverer;
import io.zeroipc.spring.listener.InvalidSettingException;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.observation.ZeroIpcObservations;

/**
 * Gives a factory of listener containers what the properties and the context say: for the factory that is configured
 * automatically, and for those of applications that want to begin with the same.
 */
public final class ChannelListenerContainerFactoryConfigurer {

    private final ZeroIpcProperties.Listener properties;
    private final BeanFactory beanFactory;
    private final boolean virtualThreads;
    private final @Nullable ChannelMessageRecoverer recoverer;
    private final @Nullable Validator validator;
    private final PayloadConverters payloadConverters;
    /** Of all factories: null until the first asks for it, or when there is none. */
    private @Nullable Pollers pollers;

    ChannelListenerContainerFactoryConfigurer(ZeroIpcProperties.Listener properties, BeanFactory beanFactory,
            boolean virtualThreads, @Nullable ChannelMessageRecoverer recoverer, @Nullable Validator validator,
            PayloadConverters payloadConverters) {
        this.properties = properties;
        this.beanFactory = beanFactory;
        this.virtualThreads = virtualThreads;
        this.recoverer = recoverer;
        this.validator = validator;
        this.payloadConverters = payloadConverters;
    }

    /**
     * Configures a factory; what was set before is overwritten.
     *
     * @throws InvalidZeroIpcPropertyException when a property has a value that cannot work
     */
    public void configure(DefaultChannelListenerContainerFactory factory) {
        ListenerSettings defaults = factory.getDefaults();
        ListenerSettingConverter converter = new ListenerSettingConverter(beanFactory);
        properties.settings().forEach((setting, value) -> {
            try {
                converter.apply(setting, value, defaults);
            } catch (InvalidSettingException e) {
                throw InvalidZeroIpcPropertyException.of(PropertyNames.LISTENER + "." + setting.property(), e);
            }
        });
        try {
            // Two properties, of which one must not be less than the other.
            defaults.getMaxIdleDelay();
        } catch (InvalidSettingException e) {
            throw InvalidZeroIpcPropertyException
                    .of(PropertyNames.LISTENER + "." + ListenerSettings.MAX_IDLE_DELAY.property(), e);
        }
        defaults.setPollers(pollers());
        defaults.setVirtualThreads(virtualThreads);
        if (recoverer != null) {
            defaults.failures().setRecoverer(recoverer);
        }
        defaults.setPayloadConverters(payloadConverters);
        factory.setValidator(validator);
        factory.setObservations(beanFactory.getBeanProvider(ZeroIpcObservations.class).getIfUnique());
    }

    private synchronized @Nullable Pollers pollers() {
        int threads = properties.pollerThreads();
        if (pollers == null && threads != 0) {
            try {
                pollers = new Pollers(threads, "zeroipc-pollers");
            } catch (IllegalArgumentException e) {
                throw new InvalidZeroIpcPropertyException(PropertyNames.LISTENER + ".poller-threads", threads,
                        "number of threads that wait for all listeners is out of range",
                        "Write 1 to " + Pollers.THREADS_MAX + ", or 0 for listeners that wait in threads of their own.",
                        e);
            }
        }
        return pollers;
    }
}
