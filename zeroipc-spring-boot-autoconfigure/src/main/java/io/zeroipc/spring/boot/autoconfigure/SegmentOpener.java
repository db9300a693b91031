package io.zeroipc.spring.boot.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.StructureBean;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StartupFailurePolicy;

/**
 * Opens declared segments with everything in them, in the order of declaration: a file is laid out in the order of its
 * properties, whichever bean happens to be injected first.
 */
class SegmentOpener implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog(SegmentOpener.class);

    private final SegmentRegistry registry;
    private final DeclaredSegments declared;

    SegmentOpener(SegmentRegistry registry, DeclaredSegments declared) {
        this.registry = registry;
        this.declared = declared;
    }

    /** The segment, opened now if need be, with all of its structures that are not lazy. */
    Segment open(String name) {
        Segment segment = registry.get(name);
        boolean mayMiss = mayMiss(name);
        for (StructureBean structure : declared.require(name).structures()) {
            if (!structure.structure().isLazy()) {
                openStructure(new ChannelName(name, structure.structure().key()), mayMiss);
            }
        }
        return segment;
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (String name : declared.names()) {
            try {
                open(name);
            } catch (SegmentNotFoundException e) {
                if (!mayMiss(name)) {
                    throw e;
                }
                LOG.info("segment does not exist yet, going on without it: segment=" + name + ", path=" + e.path());
            }
        }
    }

    private void openStructure(ChannelName channel, boolean mayMiss) {
        try {
            registry.structure(channel);
        } catch (StructureNotFoundException e) {
            if (!mayMiss) {
                throw e;
            }
            LOG.debug("structure does not exist yet, going on without it: channel=" + channel);
        }
    }

    private boolean mayMiss(String name) {
        return registry.definition(name)
                .map(SegmentDefinition::startupFailurePolicy)
                .filter(policy -> policy == StartupFailurePolicy.CONTINUE)
                .isPresent();
    }
}
