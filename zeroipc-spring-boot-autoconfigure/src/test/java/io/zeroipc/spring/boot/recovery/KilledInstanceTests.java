package io.zeroipc.spring.boot.recovery;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.actuate.endpoint.RecoveryDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.RecoveryDescriptor.DeathDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint;
import io.zeroipc.spring.boot.metrics.SegmentMetrics;
import io.zeroipc.spring.event.ParticipantDiedEvent;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two instances of an application share a queue, and one of them is killed under load, again and again. How long the other one's
 * listener stood still is printed; that it goes on is asserted.
 */
@Tag("process")
@EnabledOnOs(OS.LINUX)
class KilledInstanceTests {

    private static final int KILLS = 20;
    private static final int LOAD_MILLIS = 20;
    private static final long SENDING_NANOS = 50_000;

    @TempDir
    private Path directory;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @Test
    void listenerGoesOnWhenTheOtherInstanceIsKilledUnderLoad() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        List<Long> killed = new ArrayList<>();
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Survivor.class)
                .web(WebApplicationType.NONE)
                .run(arguments("survivor"))) {
            Survivor survivor = context.getBean(Survivor.class);
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            context.getBean(SegmentMetrics.class).bindTo(meters);
            AtomicBoolean ended = new AtomicBoolean();
            Thread sender = Thread.ofPlatform().start(() -> send(context, ended));
            try {
                for (int kill = 0; kill < KILLS; kill++) {
                    PeerProcess victim = peers.start(PeerProcess.of(KilledApplication.class)
                            .withArguments((Object[]) arguments("victim-" + kill)));
                    victim.await("under load");
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(LOAD_MILLIS));
                    survivor.longest.set(0);
                    victim.kill();
                    long received = survivor.received.get();
                    // Several times what the queue can hold: so it has gone past whatever the dead one had in hand.
                    await().until(() -> survivor.received.get() > received + 1000);
                    killed.add(victim.pid());
                    System.out.println("kill " + (kill + 1) + ": the listener stood still for at most "
                            + TimeUnit.NANOSECONDS.toMicros(survivor.longest.get()) + " us");
                }
            } finally {
                ended.set(true);
                sender.join();
            }
            await().until(() -> survivor.deaths.size() == KILLS);
            assertThat(survivor.deaths).extracting(ParticipantDiedEvent::getPid).containsExactlyElementsOf(killed);
            assertThat(survivor.deaths).extracting(ParticipantDiedEvent::getNumber).doesNotHaveDuplicates();
            assertThat(meters.get("zeroipc.recovery.deaths").tag("segment", "plant").functionCounter().count())
                    .isEqualTo(KILLS);
            assertThat(meters.get("zeroipc.participants").tag("segment", "plant").gauge().value()).isEqualTo(1);
            RecoveryDescriptor recovery = context.getBean(ZeroIpcEndpoint.class).segment("plant").recovery();
            assertThat(recovery.deaths()).extracting(DeathDescriptor::pid).containsExactlyElementsOf(killed);
            assertThat(recovery.deaths().getLast().name()).isEqualTo("victim-" + (KILLS - 1));
            System.out.println("mended=" + recovery.mended());
        }
    }

    @SuppressWarnings("unchecked") // the configuration says what its elements are
    private static void send(ConfigurableApplicationContext context, AtomicBoolean ended) {
        SharedQueue<Long> jobs = context.getBean("plant.jobs", SharedQueue.class);
        while (!ended.get()) {
            jobs.offer(1L);
            // All the processors there are belong to the one that is started.
            LockSupport.parkNanos(SENDING_NANOS);
        }
    }

    private String[] arguments(String name) {
        return new String[] {"--spring.application.name=" + name, "--logging.include-application-name=false",
                "--zeroipc.base-directory=" + directory,
                "--zeroipc.segments.plant.structures.jobs.type=queue",
                "--zeroipc.segments.plant.structures.jobs.element-type=int64",
                "--zeroipc.segments.plant.structures.jobs.capacity=64",
                "--management.endpoints.jmx.exposure.include=zeroipc", "--spring.jmx.enabled=true",
                "--spring.main.banner-mode=off"};
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Survivor {

        private final AtomicLong received = new AtomicLong();
        private final AtomicLong longest = new AtomicLong();
        private final List<ParticipantDiedEvent> deaths = new CopyOnWriteArrayList<>();
        private volatile long lastNanos = System.nanoTime();

        @Bean
        MeterRegistry meterRegistry() {
            return new SimpleMeterRegistry();
        }

        @ChannelListener(id = "job-log", channels = "plant/jobs")
        void onJob(long job) {
            long now = System.nanoTime();
            longest.accumulateAndGet(now - lastNanos, Math::max);
            lastNanos = now;
            received.incrementAndGet();
        }

        @EventListener
        void onDeath(ParticipantDiedEvent death) {
            deaths.add(death);
        }
    }
}
