package io.zeroipc.spring.boot.autoconfigure;

import java.util.Map;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

import io.zeroipc.segment.Segment;

/**
 * Does beside the start of the application what it would wait for: reads declared segments, which makes the JVM generate the
 * code that binds properties, and links native functions. In the order in which both are needed; opens nothing.
 */
class SegmentBackgroundPreinitializer implements BackgroundPreinitializer {

    private static final String STRUCTURE = PropertyNames.PREFIX + ".segments.any.structures.any.";

    @Override
    public void preinitialize() {
        BeanPlan.of(new OneQueue());
        Segment.prepare();
    }

    /** Declares a queue, whatever the real environment says. */
    private static final class OneQueue extends StandardEnvironment {

        @Override
        protected void customizePropertySources(MutablePropertySources propertySources) {
            propertySources.addLast(new MapPropertySource("one queue",
                    Map.of(STRUCTURE + "type", "queue", STRUCTURE + "element-type", "int64", STRUCTURE + "capacity",
                            "1")));
        }
    }
}
