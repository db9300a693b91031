package io.zeroipc.spring.boot;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.annotation.ChannelListener;

/** An application that listens and does nothing else, and whose main method returns. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ListeningApplication {

    @SuppressWarnings("resource") // it is there until the process ends
    public static void main(String[] arguments) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(ListeningApplication.class)
                .web(WebApplicationType.NONE)
                .run(arguments);
        System.out.println("started");
        if (!context.getEnvironment().getProperty("return", Boolean.class, false)) {
            context.close();
        }
    }

    @ChannelListener(id = "order-log", channels = "market/orders", waitStrategy = "park")
    void on(int order) {
        throw new IllegalStateException("nothing is sent: " + order);
    }
}
