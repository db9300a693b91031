package io.zeroipc.spring.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;

/** What a test of listeners needs, and ends with it: containers first, as in a context. */
final class RunningListeners implements AfterEachCallback {

    final DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
    final ZeroIpcTemplate template = new ZeroIpcTemplate(segments);
    final List<ChannelListenerContainer> containers = new ArrayList<>();

    /**
     * A container of a structure of the segment {@code host}, not started.
     *
     * @param batch whether the action gets lists
     */
    ChannelListenerContainer container(String structure, boolean batch, ListenerSettings settings,
            Consumer<ElementMessage> action) {
        ChannelListenerContainer container = new ChannelListenerContainer("test",
                List.of(new ChannelName("host", structure)), new Listening(batch, action), settings, segments);
        containers.add(container);
        return container;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        containers.forEach(ChannelListenerContainer::stop);
        template.close();
        segments.close();
    }
}
