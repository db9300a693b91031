package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.file.Path;
import java.util.UUID;
import java.util.function.BiPredicate;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.collection.SharedMap;
import io.zeroipc.flow.SharedState;
import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeDirection;
import io.zeroipc.spring.boot.kafka.BridgeFactory;
import io.zeroipc.spring.boot.kafka.BridgeFilledEvent;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UserCode;

/** Makes bridges from topics. */
public final class InboundBridgeFactory implements BridgeFactory {

    private static final Log LOG = LogFactory.getLog(InboundBridgeFactory.class);

    private final SegmentRegistry segments;
    private final Consumers consumers;
    private final @Nullable JsonMapper mapper;
    private final ApplicationEventPublisher events;
    private final BiPredicate<Path, UUID> own;

    /**
     * @param mapper null where elements cannot be JSON
     * @param own whether an origin is that of a bridge whose structure lies in a directory of this machine
     */
    public InboundBridgeFactory(SegmentRegistry segments, Consumers consumers, @Nullable JsonMapper mapper,
            ApplicationEventPublisher events, BiPredicate<Path, UUID> own) {
        this.segments = segments;
        this.consumers = consumers;
        this.mapper = mapper;
        this.events = events;
        this.own = own;
    }

    @Override
    public BridgeDirection direction() {
        return BridgeDirection.IN;
    }

    @Override
    public Bridge create(BridgeDefinition definition) {
        consumers.check(definition.describe());
        Course course = new Course();
        Work work = new Work(definition, segments, consumers, mapper, course);
        Runnable filled = () -> publish(new BridgeFilledEvent(this, definition));
        return new InboundBridge(definition, course,
                new KindCarrier(segments, definition, structure -> switch (structure) {
                    case SharedMap<?, ?> _ -> new TableCarrier(work, filled);
                    case SharedState<?> _ -> new NewestCarrier(work, filled);
                    default -> new PushCarrier(work, own);
                }), () -> segments.isReattaching(definition.channel().segment()));
    }

    private void publish(BridgeFilledEvent event) {
        Throwable failure = UserCode.run(() -> events.publishEvent(event));
        if (failure != null) {
            UserCode.logFault(LOG, "listener of an event failed: " + event.definition().describe(), failure);
        }
    }
}
