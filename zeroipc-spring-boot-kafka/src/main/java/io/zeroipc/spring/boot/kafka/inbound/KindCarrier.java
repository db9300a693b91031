package io.zeroipc.spring.boot.kafka.inbound;

import java.util.function.Function;

import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.core.SegmentRegistry;

/** Finds out of what kind the structure is when it is there, as nobody need have declared it. */
final class KindCarrier implements Carrier {

    private final SegmentRegistry segments;
    private final BridgeDefinition definition;
    private final Function<Structure, Carrier> carriers;

    /** @param carriers for structures of all kinds */
    KindCarrier(SegmentRegistry segments, BridgeDefinition definition, Function<Structure, Carrier> carriers) {
        this.segments = segments;
        this.definition = definition;
        this.carriers = carriers;
    }

    @Override
    public void carry() throws InterruptedException {
        carriers.apply(segments.tryStructure(definition.channel())).carry();
    }
}
