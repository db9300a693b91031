package io.zeroipc.spring.cloud.stream.binder;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.cloud.stream.binder.AbstractPollableConsumerTestBinder;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.context.support.GenericApplicationContext;

import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcBinderProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcConsumerProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcExtendedBindingProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcProducerProperties;
import io.zeroipc.spring.cloud.stream.binder.provisioning.StreamSegments;
import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.core.DefaultSegmentRegistry;

/** A binder of its own, as another process would have it: with its own mapping of the segments in a directory. */
final class ZeroIpcTestBinder extends
        AbstractPollableConsumerTestBinder<ZeroIpcMessageChannelBinder,
                ExtendedConsumerProperties<ZeroIpcConsumerProperties>,
                ExtendedProducerProperties<ZeroIpcProducerProperties>> {

    private final DefaultSegmentRegistry registry = new DefaultSegmentRegistry();
    private final StreamSegments segments;

    ZeroIpcTestBinder(GenericApplicationContext context, Path directory) {
        this(context, directory, properties());
    }

    ZeroIpcTestBinder(GenericApplicationContext context, Path directory, ZeroIpcBinderProperties properties) {
        this.segments = new StreamSegments(registry, directory, "", "test", properties,
                getClass().getClassLoader());
        ZeroIpcExtendedBindingProperties bindings = new ZeroIpcExtendedBindingProperties();
        ZeroIpcMessageChannelBinder binder = new ZeroIpcMessageChannelBinder(segments,
                new DefaultChannelListenerContainerFactory(registry), bindings, null);
        binder.setApplicationContext(context);
        setPollableConsumerBinder(binder);
    }

    /** The binder's defaults, and what is said. */
    static ZeroIpcBinderProperties properties(String... said) {
        Map<String, String> values = new HashMap<>();
        for (String each : said) {
            int at = each.indexOf('=');
            values.put("spring.cloud.stream.zeroipc.binder." + each.substring(0, at), each.substring(at + 1));
        }
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("spring.cloud.stream.zeroipc.binder",
                ZeroIpcBinderProperties.class);
    }

    StreamSegments segments() {
        return segments;
    }

    @Override
    public void cleanup() {
        registry.close();
    }
}
