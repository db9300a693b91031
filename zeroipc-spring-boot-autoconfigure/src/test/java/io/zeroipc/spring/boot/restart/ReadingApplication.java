package io.zeroipc.spring.boot.restart;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ZeroIpcOperations;

/** Sends one record to itself. Its classes are loaded anew for each start. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ReadingApplication {

    private final Queue<Object> readings = new ConcurrentLinkedQueue<>();

    /** What the application shares with itself. */
    public record Reading(int number) {}

    @ChannelListener(id = "reading", channels = "plant/readings")
    void on(Reading reading) {
        readings.add(reading);
    }

    @Bean
    ApplicationRunner sender(ZeroIpcOperations operations, @Value("${reading.number}") int number) {
        return _ -> operations.send("plant/readings", new Reading(number));
    }

    /** Not a bean of type Queue, which Spring would take for a collection of beans. */
    @Bean
    Supplier<Queue<Object>> received() {
        return () -> readings;
    }
}
