package io.zeroipc.spring.boot.kafka;

import org.springframework.context.ApplicationEvent;

/** A map or a state has all that its topic had when its bridge was started. Comes in the thread of the bridge, with each start. */
public final class BridgeFilledEvent extends ApplicationEvent {

    private static final long serialVersionUID = 1L;

    private final transient BridgeDefinition definition;

    /** @param source the bridge's own */
    public BridgeFilledEvent(Object source, BridgeDefinition definition) {
        super(source);
        this.definition = definition;
    }

    public BridgeDefinition definition() {
        return definition;
    }
}
