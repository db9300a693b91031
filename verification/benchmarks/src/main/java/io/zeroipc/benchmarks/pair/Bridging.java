package io.zeroipc.benchmarks.pair;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.HdrHistogram.Histogram;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;

/**
 * The command: elements of 64 bytes from a ring of one base directory through Kafka to a ring of another, carried by two bridges of two
 * applications in this JVM, where the broker is, too. How many a second, and how long one takes that is sent alone.
 *
 * <p>
 * Arguments, all optional: rounds (5), elements of a round (1,000,000).
 */
public final class Bridging {

    private static final int CAPACITY = 65_536;
    private static final int SINGLE = 500;
    private static final long SINGLE_EVERY_NANOS = 5_000_000;
    private static final double MILLION = 1e6;
    private static final double MICRO = 1e3;

    private Bridging() {
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Machine {}

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int elements = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        PrintStream out = System.out;
        // Kafka's broker says there what it does.
        System.setOut(System.err);
        EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1, "trades");
        broker.brokerProperty("group.initial.rebalance.delay.ms", "0");
        broker.afterPropertiesSet();
        try (ScratchDirectory here = new ScratchDirectory("bridging-here");
                ScratchDirectory there = new ScratchDirectory("bridging-there");
                ConfigurableApplicationContext from = machine(broker, here.path(),
                        Map.of("trades.from", "market/trades", "trades.to", "kafka:trades"));
                ConfigurableApplicationContext to = machine(broker, there.path(),
                        Map.of("trades.from", "kafka:trades", "trades.to", "market/trades"))) {
            run(from, to, rounds, elements).forEach(out::println);
        } finally {
            broker.destroy();
        }
        // Kafka's threads may stay.
        System.exit(0);
    }

    private static ConfigurableApplicationContext machine(EmbeddedKafkaKraftBroker broker, Path directory,
            Map<String, String> bridge) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("spring.main.banner-mode", "off");
        properties.put("spring.kafka.bootstrap-servers", broker.getBrokersAsString());
        // What is sent before the other side has begun counts as well.
        properties.put("spring.kafka.consumer.auto-offset-reset", "earliest");
        properties.put("zeroipc.base-directory", directory);
        properties.put("zeroipc.segments.market.structures.trades.type", "ring");
        properties.put("zeroipc.segments.market.structures.trades.element-type", OwnExchange.Note.class.getName());
        properties.put("zeroipc.segments.market.structures.trades.capacity", CAPACITY);
        bridge.forEach((name, value) -> properties.put("zeroipc.bridges." + name, value));
        return new SpringApplicationBuilder(Machine.class).web(WebApplicationType.NONE)
                .logStartupInfo(false)
                .properties(properties)
                .run();
    }

    @SuppressWarnings("unchecked") // as declared above
    private static List<String> run(ConfigurableApplicationContext from, ConfigurableApplicationContext to, int rounds,
            int elements) throws InterruptedException {
        SharedRing<OwnExchange.Note> sent = from.getBean("market.trades", SharedRing.class);
        SharedRing<OwnExchange.Note> arrived = to.getBean("market.trades", SharedRing.class);
        List<String> lines = new ArrayList<>();
        Histogram times = Outcome.histogram();
        double[] perSecond = new double[rounds];
        try (RingWriter<OwnExchange.Note> writer = sent.writer();
                RingReader<OwnExchange.Note> reader = arrived.reader()) {
            for (int round = 0; round <= rounds; round++) {
                double rate = flood(writer, reader, elements);
                if (round > 0) {
                    perSecond[round - 1] = rate;
                }
            }
            for (int i = 0; i < SINGLE; i++) {
                long began = System.nanoTime();
                writer.put(OwnExchange.Note.of(began));
                require(reader.poll(Duration.ofSeconds(30)), began);
                Outcome.add(times, System.nanoTime() - began);
                LockSupport.parkNanos(SINGLE_EVERY_NANOS);
            }
        }
        Statistics.Quartiles rates = Statistics.Quartiles.of(perSecond);
        lines.add(Runtime.getRuntime().availableProcessors() + " processors, " + Header.processorName() + ", "
                + Header.system() + "; " + rounds + " rounds of " + elements + " elements");
        lines.add("elements a second, million: " + Report.number(rates.median() / MILLION) + " ["
                + Report.number(rates.first() / MILLION) + ", " + Report.number(rates.third() / MILLION) + "]");
        lines.add("one alone, us: p50 " + Report.number(times.getValueAtPercentile(50) / MICRO) + ", p99 "
                + Report.number(times.getValueAtPercentile(99) / MICRO));
        return lines;
    }

    /** Elements a second from the first one that is sent to the last one that has arrived. */
    private static double flood(RingWriter<OwnExchange.Note> writer, RingReader<OwnExchange.Note> reader, int elements)
            throws InterruptedException {
        long began = System.nanoTime();
        Thread sender = Thread.ofPlatform().name("sender").start(() -> {
            try {
                for (int i = 0; i < elements; i++) {
                    writer.put(OwnExchange.Note.of(i));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        for (int i = 0; i < elements; i++) {
            require(reader.poll(Duration.ofSeconds(60)), i);
        }
        long took = System.nanoTime() - began;
        sender.join();
        return elements * (double) TimeUnit.SECONDS.toNanos(1) / took;
    }

    private static void require(OwnExchange.@org.jspecify.annotations.Nullable Note note, long number) {
        if (note == null || note.number() != number) {
            throw new IllegalStateException("element is missing or out of order: expected=" + number + ", got=" + note);
        }
    }
}
