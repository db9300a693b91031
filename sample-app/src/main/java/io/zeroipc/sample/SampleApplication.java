package io.zeroipc.sample;

import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

import io.zeroipc.sample.publisher.PublisherMain;

/**
 * The sample: a Spring Boot application that shows this machine's telemetry, and the process that publishes it. Both
 * are this class; {@code --publisher} makes it the latter.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class SampleApplication {

    /** Runs the application, or with {@code --publisher} the publisher. */
    public static void main(String[] args) {
        if (List.of(args).contains("--publisher")) {
            System.exit(PublisherMain.run(args));
        }
        SpringApplication.run(SampleApplication.class, args);
    }
}
