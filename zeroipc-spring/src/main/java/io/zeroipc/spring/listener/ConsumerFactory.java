package io.zeroipc.spring.listener;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.ChannelName;

/** Makes the consumers of one start: a hold on each channel for each thread, or none of them if one fails. */
final class ConsumerFactory {

    private static final Log LOG = LogFactory.getLog(ConsumerFactory.class);

    private final String listenerId;
    private final ElementListener listener;
    private final ListenerSettings settings;
    private final ChannelOpener opener;
    private final SequencedMap<ChannelName, ChannelStatistics> statistics;
    private final AtomicReference<@Nullable ListenerError> lastError;

    ConsumerFactory(String listenerId, ElementListener listener, ListenerSettings settings, ChannelOpener opener,
            SequencedMap<ChannelName, ChannelStatistics> statistics,
            AtomicReference<@Nullable ListenerError> lastError) {
        this.listenerId = listenerId;
        this.listener = listener;
        this.settings = settings;
        this.opener = opener;
        this.statistics = statistics;
        this.lastError = lastError;
    }

    List<ChannelConsumer> create(ConsumerGroup group, IdleWatch idle, @Nullable DeadLetters deadLetters) {
        Map<ChannelName, List<AttachedChannel>> opened = new LinkedHashMap<>();
        try {
            statistics.keySet().forEach(channel -> opened.put(channel, open(channel)));
        } catch (RuntimeException | Error e) {
            opened.values().forEach(all -> all.forEach(AttachedChannel::close));
            throw e;
        }
        List<ChannelConsumer> consumers = new ArrayList<>();
        statistics.forEach((channel, counters) -> {
            List<AttachedChannel> attached = opened.getOrDefault(channel, List.of());
            InvocationPipeline pipeline = new InvocationPipeline(listenerId, channel,
                    new Attempts(listenerId, channel, listener, settings, counters, group),
                    recovery(channel, deadLetters, counters, group), counters, lastError,
                    listener.payloadCall(), listener.needsPositions());
            int threads = attached.isEmpty() ? opener.concurrency(channel) : attached.size();
            for (int i = 0; i < threads; i++) {
                consumers.add(new ChannelConsumer(listenerId + "-" + consumers.size(), channel, group, opener, pipeline,
                        counters, settings, listener.isBatch(), idle, attached.isEmpty() ? null : attached.get(i)));
            }
        });
        return consumers;
    }

    private Recovery recovery(ChannelName channel, @Nullable DeadLetters deadLetters, ChannelStatistics counters,
            ConsumerGroup group) {
        if (deadLetters != null && deadLetters.isYielding(channel)) {
            LOG.info("listener takes the dead letters, and has none of that channel: id=" + listenerId + ", channel="
                    + channel + " (what it cannot process is logged)");
            return new Recovery(ChannelMessageRecoverer.DISCARD, null, counters, group);
        }
        return new Recovery(settings.failures().getRecoverer(), deadLetters, counters, group);
    }

    /** One hold for each thread; none when the channel is not there and may be awaited. */
    private List<AttachedChannel> open(ChannelName channel) {
        List<AttachedChannel> attached = new ArrayList<>();
        try {
            attached.add(opener.open(channel));
            opener.tellYielded(channel, attached.getFirst());
            for (int i = opener.concurrency(channel); i > 1; i--) {
                attached.add(opener.open(channel));
            }
            return attached;
        } catch (RuntimeException | Error e) {
            attached.forEach(AttachedChannel::close);
            if (e instanceof RuntimeException failure && ChannelOpener.isAbsence(failure)
                    && opener.isAwaited(channel)) {
                LOG.debug("listener waits for its channel: id=" + listenerId + ", channel=" + channel + ", reason="
                        + e.getMessage());
                return List.of();
            }
            throw e;
        }
    }
}
