package io.zeroipc.spring.boot.kafka.outbound;

import java.util.concurrent.CountDownLatch;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.kafka.autoconfigure.KafkaBridgesAutoConfiguration;

/** An application that carries what its properties say, until it is killed. */
final class BridgeVictim {

    private BridgeVictim() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        SpringApplication application = new SpringApplication(Bridging.class);
        application.setLogStartupInfo(false);
        application.run(arguments);
        System.out.println("carries");
        new CountDownLatch(1).await();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ZeroIpcAutoConfiguration.class, KafkaAutoConfiguration.class,
            KafkaBridgesAutoConfiguration.class})
    static class Bridging {}
}
