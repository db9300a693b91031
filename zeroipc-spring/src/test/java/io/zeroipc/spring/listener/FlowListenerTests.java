package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedStream.Mode;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Listeners on streams, whose elements are for one of them or for all, and on signals. */
class FlowListenerTests {

    private static final ChannelName IN = new ChannelName("host", "in");

    @TempDir
    Path directory;

    @RegisterExtension
    final RunningListeners listeners = new RunningListeners();
    private final DefaultSegmentRegistry segments = listeners.segments;
    private final ZeroIpcTemplate template = listeners.template;
    private final List<ChannelListenerContainer> containers = listeners.containers;
    private final List<Integer> received = new CopyOnWriteArrayList<>();

    @Test
    void listenersWhenStreamIsCompetingShareItsElements() {
        declare(SharedStream.spec(Codecs.int32(), 64, Mode.COMPETING));
        start("one", new ListenerSettings().setConcurrency(2));
        start("two", new ListenerSettings());
        IntStream.rangeClosed(1, 50).forEach(value -> template.send("in", value));
        await().untilAsserted(() -> assertThat(received).hasSize(50));
        assertThat(received).containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 50).boxed().toList());
    }

    @Test
    void listenersWhenStreamIsBroadcastSeeAllElementsEachAndEndWithIt() {
        declare(SharedStream.spec(Codecs.int32(), 64, Mode.BROADCAST));
        SharedStream<Integer> stream = stream();
        assertThat(stream.emit(0)).isTrue();
        ListenerSettings fromTheBeginning = new ListenerSettings().setStartPosition(Source.Start.EARLIEST);
        List<ChannelListenerContainer> both = List.of(start("one", fromTheBeginning), start("two", fromTheBeginning));
        IntStream.rangeClosed(1, 10).forEach(value -> template.send("in", value));
        await().untilAsserted(() -> assertThat(received).hasSize(22));
        assertThat(stream.subscribers()).isEqualTo(2);
        stream.close();
        await().until(() -> both.stream().noneMatch(ChannelListenerContainer::isRunning));
        assertThat(both).allSatisfy(container -> assertThat(container.isInExpectedState()).isTrue());
        assertThat(stream.subscribers()).isZero();
    }

    @Test
    void startWhenSeveralThreadsAreWantedOfABroadcastIsRefused() {
        declare(SharedStream.spec(Codecs.int32(), 64, Mode.BROADCAST));
        ListenerSettings settings = new ListenerSettings().setConcurrency(2);
        assertThatThrownBy(() -> start("one", settings)).isInstanceOfSatisfying(UnsupportedChannelTypeException.class,
                e -> assertThat(e.remedy()).isEqualTo("concurrency=1: each thread would see every element"));
    }

    @Test
    void listenerWhenStructureIsSignalSeesTheNewestValue() {
        declare(SharedSignal.spec(Codecs.int32(), 1));
        start("one", new ListenerSettings().setStartPosition(Source.Start.EARLIEST));
        for (int value = 1; value <= 3; value++) {
            int newest = value;
            await().until(() -> received.contains(newest));
            template.send("in", newest + 1);
        }
        await().untilAsserted(() -> assertThat(received).containsExactly(1, 2, 3, 4));
    }

    private void declare(Spec<?> spec) {
        segments.define(Fixtures.host(StructureDefinition.of("in", spec, Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate));
    }

    @SuppressWarnings("unchecked")
    private SharedStream<Integer> stream() {
        return (SharedStream<Integer>) segments.structure(IN);
    }

    private ChannelListenerContainer start(String id, ListenerSettings settings) {
        ChannelListenerContainer container = new ChannelListenerContainer(id, List.of(IN),
                FunctionElementListener.of(Integer.class, received::add), settings, segments);
        containers.add(container);
        container.start();
        return container;
    }
}
