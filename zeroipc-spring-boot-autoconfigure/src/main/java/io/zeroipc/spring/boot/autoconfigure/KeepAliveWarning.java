package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.listener.ChannelListenerContainer;

/**
 * Warns of an application that is about to end although its listeners run: virtual threads keep no process alive, and one that
 * does nothing but listen has no other threads.
 */
final class KeepAliveWarning implements ApplicationListener<ApplicationReadyEvent> {

    private static final Log LOG = LogFactory.getLog(KeepAliveWarning.class);

    private final ChannelListenerEndpointRegistry registry;

    KeepAliveWarning(ChannelListenerEndpointRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        List<String> listeners = registry.getContainers()
                .stream()
                .filter(container -> container.isRunning() && container.isVirtual())
                .map(ChannelListenerContainer::getId)
                .toList();
        if (!listeners.isEmpty()
                && Thread.getAllStackTraces().keySet().stream().noneMatch(KeepAliveWarning::keepsAlive)) {
            LOG.warn(
                    "application ends when its main method returns, as listeners in virtual threads do not keep it alive:"
                            + " listeners=" + listeners + " (expected: spring.main.keep-alive=true, or a web server)");
        }
    }

    /** Whether a thread other than the one that has started the application keeps the process from its end. */
    private static boolean keepsAlive(Thread thread) {
        return !thread.isDaemon() && !thread.equals(Thread.currentThread())
                && !thread.getName().equals("DestroyJavaVM");
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }
}
