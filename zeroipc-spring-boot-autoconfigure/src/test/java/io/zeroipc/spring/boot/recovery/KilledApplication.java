package io.zeroipc.spring.boot.recovery;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.spring.annotation.ChannelListener;

/**
 * The other instance: it listens on the same queue, and four of its threads send, until somebody kills it. Arguments are those of
 * Spring.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(KilledApplication.Jobs.class)
final class KilledApplication {

    private static final int SENDERS = 4;

    KilledApplication() {
    }

    @SuppressWarnings("unchecked") // the configuration says what its elements are
    public static void main(String[] arguments) throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(KilledApplication.class)
                .web(WebApplicationType.NONE)
                .run(arguments)) {
            SharedQueue<Long> jobs = context.getBean("plant.jobs", SharedQueue.class);
            for (int i = 0; i < SENDERS; i++) {
                Thread.ofPlatform().daemon().start(() -> {
                    try {
                        for (long job = 0; true; job++) {
                            jobs.put(job);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            System.out.println("under load");
            System.in.read();
        }
    }

    static class Jobs {

        @ChannelListener(id = "job-log", channels = "plant/jobs")
        void onJob(long job) {
            // Taken and done.
        }
    }
}
