package io.zeroipc.spring.listener;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;

/** What a test of listeners needs, and ends with it: containers first, as in a context. */
final class RunningListeners implements AfterEachCallback {

    final DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
    final ZeroIpcTemplate template = new ZeroIpcTemplate(segments);
    final List<ChannelListenerContainer> containers = new ArrayList<>();

    @Override
    public void afterEach(ExtensionContext context) {
        containers.forEach(ChannelListenerContainer::stop);
        template.close();
        segments.close();
    }
}
