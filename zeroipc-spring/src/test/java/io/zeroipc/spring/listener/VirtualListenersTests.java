package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A thousand listeners in virtual threads. */
class VirtualListenersTests {

    private static final int LISTENERS = 10;
    private static final int CONCURRENCY = 100;

    @TempDir
    Path directory;

    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();

    @Test
    @Tag("slow")
    void waitWhenAThousandDoSoInVirtualThreadsPinsNoCarrier() {
        AtomicInteger received = new AtomicInteger();
        List<ChannelName> channels = IntStream.range(0, LISTENERS)
                .mapToObj(i -> new ChannelName("host", "in" + i))
                .toList();
        listeners.segments.define(Fixtures.host(channels.stream()
                .map(channel -> Fixtures.queue(channel.structure(), Codecs.int32(), 256))
                .toArray(StructureDefinition[]::new))
                .openedBy(Fixtures.file(directory)::openOrCreate));
        try (PinnedThreads pinned = new PinnedThreads()) {
            for (ChannelName channel : channels) {
                ListenerSettings settings = new ListenerSettings().setVirtualThreads(true).setConcurrency(CONCURRENCY);
                ChannelListenerContainer container = new ChannelListenerContainer(channel.structure(), List.of(channel),
                        FunctionElementListener.of(Integer.class, _ -> received.incrementAndGet()), settings,
                        listeners.segments);
                listeners.containers.add(container);
                container.start();
                assertThat(container.isVirtual()).isTrue();
            }
            for (int turn = 1; turn <= 3; turn++) {
                // Between the turns they wait.
                channels.forEach(channel -> IntStream.range(0, CONCURRENCY)
                        .forEach(value -> listeners.template.send(channel.toString(), value)));
                int expected = turn * LISTENERS * CONCURRENCY;
                await().atMost(Duration.ofMinutes(2)).until(() -> received.get() == expected);
                await().pollDelay(Duration.ofMillis(50)).until(() -> true);
                if (turn == 1) {
                    pinned.forget();
                }
            }
            listeners.containers.forEach(ChannelListenerContainer::stop);
            assertThat(pinned.stop()).isEmpty();
        }
        assertThat(received).hasValue(3 * LISTENERS * CONCURRENCY);
    }
}
