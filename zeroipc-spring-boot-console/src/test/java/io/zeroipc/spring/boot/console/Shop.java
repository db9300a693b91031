package io.zeroipc.spring.boot.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.listener.ChannelListenerContainer;

/** An application with the console that is not the sample: orders come into a queue, and are checked; some are wrong. */
final class Shop implements AutoCloseable {

    static final String WRONG = "<img src=x onerror=alert(1)>";

    /** Spring Security is on the class path for one test, and closes everything by itself. */
    private static final String SECURITY = "org.springframework.boot.security.autoconfigure.";
    static final String SERVLET_SECURITY = SECURITY + "web.servlet.ServletWebSecurityAutoConfiguration";
    static final String SERVLET_MANAGEMENT_SECURITY = SECURITY
            + "actuate.web.servlet.ManagementWebSecurityAutoConfiguration";
    static final String REACTIVE_SECURITY = SECURITY + "web.reactive.ReactiveWebSecurityAutoConfiguration";
    static final String REACTIVE_MANAGEMENT_SECURITY = SECURITY
            + "actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration";

    private final ConfigurableApplicationContext context;

    private Shop(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts it with segments in this directory, and the listeners' endpoint unrestricted unless the properties say otherwise. */
    static Shop start(Path directory, String... properties) {
        return start(Application.class, WebApplicationType.SERVLET, directory, properties);
    }

    static Shop start(Class<?> application, WebApplicationType type, Path directory, String... properties) {
        String structure = "--zeroipc.segments.shop.structures.";
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--spring.application.name=shop",
                "--spring.main.banner-mode=off", "--logging.level.root=warn",
                "--logging.include-application-name=false",
                "--zeroipc.base-directory=" + directory, "--zeroipc.console.enabled=true",
                "--zeroipc.console.refresh-interval=250ms",
                "--management.endpoints.web.exposure.include=zeroipc,channellisteners",
                "--management.endpoint.channellisteners.access=unrestricted", structure + "orders.type=queue",
                structure + "orders.element-type=" + Order.class.getName(), structure + "orders.capacity=16",
                structure + "checked.type=ring", structure + "checked.element-type=int64",
                structure + "checked.capacity=8", structure + "checked.options.overwrite=true",
                structure + "prices.type=state", structure + "prices.element-type=float64",
                structure + "stock.type=mutex",
                structure + "sold.type=counter"));
        if (application == Nothing.class) {
            arguments.removeIf(argument -> argument.startsWith(structure));
        }
        for (String property : properties) {
            String name = property.substring(0, property.indexOf('=') + 1);
            arguments.removeIf(argument -> argument.startsWith(name));
            arguments.add(property);
        }
        return new Shop(new SpringApplicationBuilder(application).web(type).run(arguments.toArray(String[]::new)));
    }

    @Override
    public void close() {
        context.close();
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    /** Of the server that has the management path. */
    String origin() {
        String port = context.getEnvironment().getProperty("local.management.port");
        return "http://localhost:" + (port != null ? port : context.getEnvironment().getProperty("local.server.port"));
    }

    void order(long id, double price) {
        context.getBean(ZeroIpcOperations.class).send("shop/orders", new Order(id, price, "apple"));
    }

    ChannelListenerContainer checker() {
        return context.getBean(ChannelListenerEndpointRegistry.class).getContainer("checker");
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration(excludeName = {SERVLET_SECURITY, SERVLET_MANAGEMENT_SECURITY, REACTIVE_SECURITY,
            REACTIVE_MANAGEMENT_SECURITY})
    static class Application {

        @Bean
        Checker orderChecker(ZeroIpcOperations zeroIpc) {
            return new Checker(zeroIpc);
        }
    }

    /** Without segments and listeners. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration(excludeName = {SERVLET_SECURITY, SERVLET_MANAGEMENT_SECURITY})
    static class Nothing {}

    record Checker(ZeroIpcOperations zeroIpc) {

        @ChannelListener(id = "checker", channels = "shop/orders")
        void check(Order order) {
            if (order.price() < 0) {
                throw new IllegalArgumentException("price is negative: article=" + WRONG);
            }
            zeroIpc.send("shop/checked", order.id());
        }
    }
}
