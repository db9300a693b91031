package io.zeroipc.segment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.Occupancy;

/**
 * What a probe found.
 *
 * @param elementSize bytes of one element; 0 when the bytes do not tell
 * @param occupancy an estimate
 * @param details further figures by name, in order of importance; numbers stay numbers
 * @param views where its values lie; empty when the bytes do not tell, or there is nothing to see from outside
 */
public record Description(long elementSize, Occupancy occupancy, Map<String, Object> details, List<View> views) {

    public Description {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
        views = List.copyOf(views);
    }

    public Description(long elementSize, Occupancy occupancy, Map<String, Object> details) {
        this(elementSize, occupancy, details, List.of());
    }

    public Description(long elementSize, Occupancy occupancy) {
        this(elementSize, occupancy, Map.of());
    }
}
