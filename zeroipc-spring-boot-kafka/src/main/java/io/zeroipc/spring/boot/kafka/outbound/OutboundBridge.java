package io.zeroipc.spring.boot.kafka.outbound;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeFigures;
import io.zeroipc.spring.boot.kafka.BridgeState;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ChannelStatistics;
import io.zeroipc.spring.listener.ListenerError;

/** A listener's container, seen as a bridge. */
final class OutboundBridge implements Bridge {

    private final BridgeDefinition definition;
    private final TopicListener listener;
    private final ChannelListenerContainer container;

    OutboundBridge(BridgeDefinition definition, TopicListener listener, ChannelListenerContainer container) {
        this.definition = definition;
        this.listener = listener;
        this.container = container;
    }

    @Override
    public BridgeDefinition definition() {
        return definition;
    }

    @Override
    public boolean isAutoStartup() {
        return container.isAutoStartup();
    }

    @Override
    public void start() {
        container.start();
    }

    @Override
    public void stop() {
        container.stop();
    }

    @Override
    public boolean isRunning() {
        return container.isRunning();
    }

    @Override
    public void pause() {
        container.pause();
    }

    @Override
    public void resume() {
        container.resume();
    }

    @Override
    public BridgeState state() {
        return switch (container.getState()) {
            case CREATED, STOPPED, STOPPING -> BridgeState.STOPPED;
            case STARTING -> BridgeState.WAITING;
            case PAUSED -> BridgeState.PAUSED;
            case FAILED -> BridgeState.FAILED;
            case RUNNING -> listener.waitingFor() == null ? BridgeState.RUNNING : BridgeState.WAITING;
        };
    }

    @Override
    public BridgeFigures figures() {
        long lost = container.getStatistics().values().stream().mapToLong(OutboundBridge::lost).sum();
        return new BridgeFigures(listener.arrived(), 0, lost, listener.failed(), listener.onTheirWay(),
                container.getLag(definition.channel()).orElse(-1), lastError());
    }

    private static long lost(ChannelStatistics statistics) {
        return statistics.lost() + statistics.discarded();
    }

    private @Nullable String lastError() {
        ListenerError error = container.getLastError();
        return listener.lastError() != null || error == null ? listener.lastError() : error.message();
    }
}
