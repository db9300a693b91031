package io.zeroipc.spring.config;

import java.util.function.Supplier;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.InvalidListenerException;

/** The template that sends for listeners: the application's, or one without settings where it has none. */
final class ListenerTemplate implements Supplier<ZeroIpcOperations> {

    private final ObjectProvider<ZeroIpcOperations> templates;
    private final Supplier<ZeroIpcOperations> own;
    private final String what;
    private final String listener;

    /** @param what it sends for the listener, for messages */
    ListenerTemplate(BeanFactory factory, SegmentRegistry segments, String what, String listener) {
        this.templates = factory.getBeanProvider(ZeroIpcOperations.class);
        this.own = SingletonSupplier.of(() -> new ZeroIpcTemplate(segments));
        this.what = what;
        this.listener = listener;
    }

    /**
     * Refuses to guess which one: they differ in what they do when there is no room.
     *
     * @throws InvalidListenerException when there are several, and none is primary
     */
    @Override
    public ZeroIpcOperations get() {
        try {
            return templates.getIfAvailable(own);
        } catch (NoUniqueBeanDefinitionException e) {
            throw new InvalidListenerException("listener's " + what + " could be sent by several templates: listener="
                    + listener + ", templates=" + e.getBeanNamesFound(), "one of them with @Primary", e);
        }
    }
}
