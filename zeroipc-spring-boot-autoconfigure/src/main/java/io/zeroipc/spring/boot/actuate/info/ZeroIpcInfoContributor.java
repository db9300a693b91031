package io.zeroipc.spring.boot.actuate.info;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;

/**
 * {@link InfoContributor} that names the segments of this application, the kinds of the structures that it declares there, and
 * its listeners. Opens nothing, and says no paths and no figures, as this endpoint is often open to everybody.
 */
public class ZeroIpcInfoContributor implements InfoContributor {

    private final SegmentRegistry registry;
    private final Supplier<Collection<String>> listeners;

    /** @param listeners the ids of the listeners at the time of asking */
    public ZeroIpcInfoContributor(SegmentRegistry registry, Supplier<Collection<String>> listeners) {
        this.registry = registry;
        this.listeners = listeners;
    }

    @Override
    public void contribute(Info.Builder builder) {
        Map<String, Object> details = new LinkedHashMap<>();
        String version = Segment.class.getPackage().getImplementationVersion();
        if (version != null) {
            details.put("version", version);
        }
        Map<String, Map<String, String>> segments = new LinkedHashMap<>();
        for (String segment : registry.names()) {
            Map<String, String> kinds = new LinkedHashMap<>();
            registry.definition(segment)
                    .ifPresent(definition -> definition.structures()
                            .keySet()
                            .forEach(name -> kinds.put(name, registry.kindOf(new ChannelName(segment, name)))));
            segments.put(segment, kinds);
        }
        details.put("segments", segments);
        details.put("listeners", listeners.get());
        builder.withDetail("zeroipc", details);
    }
}
