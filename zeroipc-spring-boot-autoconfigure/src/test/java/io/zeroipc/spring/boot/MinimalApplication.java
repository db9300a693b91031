package io.zeroipc.spring.boot;

import java.util.concurrent.CountDownLatch;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ZeroIpcOperations;

/**
 * An application that needs nothing but the starter. Tells which of the optional beans there are; what it prints is read
 * by {@link OptionalTechnologyTests}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class MinimalApplication {

    private final CountDownLatch received = new CountDownLatch(1);

    /** The properties are the arguments. */
    public static void main(String[] arguments) throws InterruptedException {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(MinimalApplication.class)
                .web(WebApplicationType.NONE)
                .run(arguments)) {
            context.getBean(ZeroIpcOperations.class).send("market/orders", 7);
            context.getBean(MinimalApplication.class).received.await();
            for (String bean : new String[] {"zeroIpcEndpoint", "channelListenersEndpoint", "zeroIpcInfoContributor",
                    "zeroipcHealthContributor",
                    "channellistenersHealthContributor", "segmentMetrics", "listenerMetrics",
                    "zeroIpcObservations"}) {
                System.out.println(bean + "=" + context.containsBean(bean));
            }
        }
        System.out.println("done");
    }

    @ChannelListener(channels = "market/orders")
    void on(int order) {
        if (order == 7) {
            received.countDown();
        }
    }
}
