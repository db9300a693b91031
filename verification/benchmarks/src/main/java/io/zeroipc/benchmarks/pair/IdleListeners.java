package io.zeroipc.benchmarks.pair;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Pollers;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ListenerSettings;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

/** Listener containers as an application has them by default, each at a queue in which nothing ever arrives. */
final class IdleListeners implements AutoCloseable {

    private static final String SEGMENT = "waiting";
    private static final int CAPACITY = 2;

    private final DefaultSegmentRegistry segments;
    private final List<ChannelListenerContainer> containers = new ArrayList<>();

    /** @param pollers wait for all of them; null where each has a thread that does */
    IdleListeners(Path file, int count, long bytes, @Nullable Pollers pollers) {
        Codec<Long> codec = Codecs.int64();
        SegmentDefinition.Builder definition = SegmentDefinition.named(SEGMENT);
        for (int i = 0; i < count; i++) {
            definition.structure(StructureDefinition.of("queue-" + i, SharedQueue.spec(codec, CAPACITY), codec));
        }
        segments = new DefaultSegmentRegistry(List.of(definition.openedBy(() -> Segment.at(file)
                .size(bytes)
                .maxEntries(count + WaitingSide.ENTRIES_BESIDE)
                .onClose(OnClose.DELETE)
                .create())), null);
        for (int i = 0; i < count; i++) {
            ListenerSettings settings = new ListenerSettings();
            settings.inheritDefaults(new ListenerSettings()).setPollers(pollers);
            ChannelListenerContainer container = new ChannelListenerContainer("listener-" + i,
                    List.of(new ChannelName(SEGMENT, "queue-" + i)), FunctionElementListener.of(Long.class, _ -> {}),
                    settings, segments);
            container.start();
            containers.add(container);
        }
    }

    @Override
    public void close() {
        containers.forEach(ChannelListenerContainer::stop);
        segments.close();
    }
}
