package io.zeroipc.spring.boot.kafka;

import java.nio.file.Path;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.kafka.autoconfigure.KafkaBridgesAutoConfiguration;

/** Applications with a segment {@code market} of its own directory. */
public final class BridgedApplication {

    private BridgedApplication() {
    }

    public static ApplicationContextRunner in(Path directory, String bootstrapServers) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class, KafkaAutoConfiguration.class,
                        KafkaBridgesAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.segments.market.size=1MB",
                        "spring.kafka.bootstrap-servers=" + bootstrapServers);
    }

    /** Properties of a structure of {@code market}. */
    public static String[] structure(String name, String type, String elementType, String... more) {
        String prefix = "zeroipc.segments.market.structures." + name + ".";
        String[] properties = new String[more.length + 2];
        properties[0] = prefix + "type=" + type;
        properties[1] = prefix + "element-type=" + elementType;
        for (int i = 0; i < more.length; i++) {
            properties[i + 2] = prefix + more[i];
        }
        return properties;
    }
}
