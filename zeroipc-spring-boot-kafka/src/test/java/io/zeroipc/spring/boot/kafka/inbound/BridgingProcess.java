package io.zeroipc.spring.boot.kafka.inbound;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.kafka.autoconfigure.KafkaBridgesAutoConfiguration;

/** An application with bridges, in a process of its own, until somebody kills it. Arguments are those of Spring. */
final class BridgingProcess {

    static final String READY = "running";

    private BridgingProcess() {
    }

    public static void main(String[] arguments) throws Exception {
        try (ConfigurableApplicationContext _ = SpringApplication.run(Bridging.class, arguments)) {
            System.out.println(READY);
            while (System.in.read() >= 0) {
                // Ends with the test.
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ZeroIpcAutoConfiguration.class, KafkaAutoConfiguration.class,
            KafkaBridgesAutoConfiguration.class})
    static class Bridging {}
}
