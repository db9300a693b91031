package io.zeroipc.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.validation.Validator;

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
        defaults.setVirtualThreads(virtualThreads);
        if (recoverer != null) {
            defaults.failures().setRecoverer(recoverer);
        }
        defaults.setPayloadConverters(payloadConverters);
        factory.setValidator(validator);
        factory.setObservations(beanFactory.getBeanProvider(ZeroIpcObservations.class).getIfUnique());
    }
}
