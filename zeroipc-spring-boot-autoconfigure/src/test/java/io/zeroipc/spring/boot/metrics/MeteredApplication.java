package io.zeroipc.spring.boot.metrics;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.boot.autoconfigure.metrics.ZeroIpcMetricsAutoConfiguration;
import io.zeroipc.spring.core.ZeroIpcTemplate;

/** An application in which every meter has something to count: all kinds of channels, listeners of both types, an arena. */
final class MeteredApplication {

    static final int SENT = 5;

    private static final String STRUCTURES = "zeroipc.segments.market.structures.";

    private MeteredApplication() {
    }

    /** A runner whose meters end up in this registry. */
    static ApplicationContextRunner runner(Path directory, MeterRegistry meters) {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(ZeroIpcAutoConfiguration.class, ZeroIpcMetricsAutoConfiguration.class))
                .withUserConfiguration(Listeners.class)
                .withBean(MeterRegistry.class, () -> meters)
                .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.segments.market.size=256KB",
                        "zeroipc.arenas.weather.manifest=" + directory.resolve("weather.json"),
                        "zeroipc.arenas.weather.mode=open-or-create",
                        "zeroipc.arenas.weather.arrays.grid.element-type=float64",
                        "zeroipc.arenas.weather.arrays.grid.shape=10,5",
                        STRUCTURES + "orders.type=queue", STRUCTURES + "orders.element-type=int32",
                        STRUCTURES + "orders.capacity=16", STRUCTURES + "ticks.type=ring",
                        STRUCTURES + "ticks.element-type=int32", STRUCTURES + "ticks.capacity=16",
                        STRUCTURES + "ticks.options.overwrite=true", STRUCTURES + "price.type=state",
                        STRUCTURES + "price.element-type=int32", STRUCTURES + "fills.type=channel",
                        STRUCTURES + "fills.element-type=int32", STRUCTURES + "fills.capacity=16",
                        STRUCTURES + "totals.type=array", STRUCTURES + "totals.element-type=int64",
                        STRUCTURES + "totals.capacity=4", STRUCTURES + "unheard.type=queue",
                        STRUCTURES + "unheard.element-type=int32", STRUCTURES + "unheard.capacity=2",
                        STRUCTURES + "frames.type=topic", STRUCTURES + "frames.capacity=2");
    }

    /** Sends to every channel, waits for the listeners, and runs a queue full and empty. */
    static void use(ApplicationContext context) {
        context.getBean(SegmentMetrics.class).bindTo(context.getBean(MeterRegistry.class));
        context.getBean(ArenaMetrics.class).bindTo(context.getBean(MeterRegistry.class));
        context.getBean(ListenerMetrics.class).bindTo(context.getBean(MeterRegistry.class));
        context.getBean(TemplateMetrics.class).bindTo(context.getBean(MeterRegistry.class));
        ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
        for (int i = 1; i <= SENT; i++) {
            for (String channel : List.of("orders", "ticks", "price", "fills")) {
                template.send(channel, i);
            }
        }
        template.sendAll("unheard", List.of(1, 2, 3));
        template.receive("unheard", Integer.class);
        template.receive("unheard", Integer.class);
        template.receive("unheard", Integer.class);
        Listeners listeners = context.getBean(Listeners.class);
        Awaitility.await()
                .until(() -> listeners.orders.get() == SENT && listeners.ticks.get() == SENT
                        && listeners.fills.get() == SENT && listeners.price.get() == SENT);
    }

    @Configuration(proxyBeanMethods = false)
    static class Listeners {

        private final AtomicInteger orders = new AtomicInteger();
        private final AtomicInteger ticks = new AtomicInteger();
        private final AtomicInteger fills = new AtomicInteger();
        private final AtomicInteger price = new AtomicInteger();

        @ChannelListener(id = "orders-listener", channels = "orders")
        void onOrder(int order) {
            orders.incrementAndGet();
            if (order == 2) {
                throw new IllegalArgumentException(Objects.toString(order));
            }
        }

        @ChannelListener(id = "ticks-listener", channels = {"ticks", "fills"})
        void onTicks(List<Integer> elements) {
            // Both channels carry as many elements: which is which does not matter here.
            elements.forEach(_ -> (ticks.get() < SENT ? ticks : fills).incrementAndGet());
        }

        @ChannelListener(id = "price-listener", channels = "price")
        void onPrice(int newest) {
            price.set(newest);
        }
    }
}
