package io.zeroipc.spring.boot.kafka.inbound;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application with a bridge, in a process of its own, until somebody kills it. Arguments are those of Spring. */
final class RingFlood {

    private RingFlood() {
    }

    public static void main(String[] arguments) throws Exception {
        try (ConfigurableApplicationContext _ = new SpringApplicationBuilder(InboundApplication.Application.class)
                .web(WebApplicationType.NONE)
                .run(arguments)) {
            System.out.println("running");
            System.in.read();
        }
    }
}
