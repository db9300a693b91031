package io.zeroipc.spring.boot.kafka.actuate;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeDirection;
import io.zeroipc.spring.boot.kafka.BridgeFigures;
import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.boot.kafka.BridgeState;

/**
 * {@link Endpoint @Endpoint} that shows the bridges of this application, and starts, stops, pauses and resumes them where its access
 * is unrestricted. Figures are snapshots while bridges go on.
 */
@Endpoint(id = "zeroipcbridges", defaultAccess = Access.READ_ONLY)
public class BridgesEndpoint {

    private final BridgeRegistry bridges;

    public BridgesEndpoint(BridgeRegistry bridges) {
        this.bridges = bridges;
    }

    /** All bridges. */
    @ReadOperation
    public BridgesDescriptor bridges() {
        Map<String, BridgeDescriptor> all = new LinkedHashMap<>();
        bridges.bridges().forEach(bridge -> all.put(bridge.name(), BridgeDescriptor.of(bridge)));
        return new BridgesDescriptor(all);
    }

    /** One bridge; null when there is none of this name. */
    @ReadOperation
    public @Nullable BridgeDescriptor bridge(@Selector String name) {
        return bridges.find(name).map(BridgeDescriptor::of).orElse(null);
    }

    /**
     * Changes what a bridge does. A stop waits for it; a pause does not.
     *
     * @param state {@code started}, {@code stopped}, {@code paused} or {@code resumed}
     * @return the bridge afterwards; null when there is none of this name
     * @throws InvalidEndpointRequestException when the state is none of these
     */
    @WriteOperation
    public @Nullable BridgeDescriptor change(@Selector String name, String state) {
        Bridge bridge = bridges.find(name).orElse(null);
        if (bridge == null) {
            return null;
        }
        switch (state.toLowerCase(Locale.ROOT)) {
            case "started" -> bridge.start();
            case "stopped" -> bridge.stop();
            case "paused" -> bridge.pause();
            case "resumed" -> bridge.resume();
            default -> {
                String message = "state is unknown: state=" + state
                        + " (expected: one of started, stopped, paused, resumed)";
                throw new InvalidEndpointRequestException(message, message);
            }
        }
        return BridgeDescriptor.of(bridge);
    }

    /**
     * All bridges.
     *
     * @param bridges by name
     */
    public record BridgesDescriptor(Map<String, BridgeDescriptor> bridges) implements OperationResponseBody {}

    /**
     * One bridge.
     *
     * @param from the structure or, with {@code kafka:} before it, the topic
     * @param to the other one
     * @param state what it does
     * @param figures what it has done, and what there is to do
     */
    public record BridgeDescriptor(String from, String to, String format, BridgeState state,
            BridgeFigures figures) implements OperationResponseBody {

        static BridgeDescriptor of(Bridge bridge) {
            BridgeDefinition definition = bridge.definition();
            String structure = definition.channel().toString();
            String topic = "kafka:" + definition.topic();
            boolean out = definition.direction() == BridgeDirection.OUT;
            return new BridgeDescriptor(out ? structure : topic, out ? topic : structure,
                    definition.format().name().toLowerCase(Locale.ROOT), bridge.state(), bridge.figures());
        }
    }
}
