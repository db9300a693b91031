package io.zeroipc.spring.boot;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.listener.ChannelListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The endpoints as a JMX console sees them. */
class ActuatorJmxTests {

    private static final String DOMAIN = "io.zeroipc.test";

    @TempDir
    private Path directory;

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @Test
    void operationsWhenAccessIsUnrestrictedReadAndWrite() throws Exception {
        try (ConfigurableApplicationContext context = start("unrestricted")) {
            ObjectName endpoint = ObjectName.getInstance(DOMAIN + ":type=Endpoint,name=Channellisteners");
            ChannelListenerContainer listener = context.getBean(ChannelListenerEndpointRegistry.class)
                    .getContainer("orders-listener");
            assertThat(invoke(endpoint, "listeners").toString()).contains("orders-listener").contains("RUNNING");
            assertThat(invoke(endpoint, "change", "orders-listener", "paused").toString())
                    .contains("pauseRequested=true");
            Awaitility.await().until(listener::isPaused);
            assertThat(invoke(endpoint, "listener", "orders-listener").toString()).contains("PAUSED");
            assertThatExceptionOfType(ReflectionException.class)
                    .isThrownBy(() -> invoke(endpoint, "change", "orders-listener", "asleep"))
                    .havingCause()
                    .withMessage("state is unknown: state=asleep (expected: one of started, stopped, paused, resumed)");
            ObjectName segments = ObjectName.getInstance(DOMAIN + ":type=Endpoint,name=Zeroipc");
            assertThat(invoke(segments, "segment", "market", null)).isInstanceOf(Map.class);
            assertThat(invoke(segments, "segment", "market", "manifest")).isInstanceOf(String.class)
                    .asString()
                    .contains("zeroipc-manifest", "\"orders\"");
            Object structure = server.invoke(segments, "structure", new Object[] {"market", "orders", 1},
                    new String[] {String.class.getName(), String.class.getName(), Integer.class.getName()});
            assertThat(structure.toString()).contains("type=queue").contains("preview={total=0");
        }
    }

    @Test
    void operationsWhenAccessIsReadOnlyDoNotWrite() throws Exception {
        try (ConfigurableApplicationContext context = start("read-only")) {
            ObjectName endpoint = ObjectName.getInstance(DOMAIN + ":type=Endpoint,name=Channellisteners");
            assertThat(context.isActive()).isTrue();
            assertThat(server.getMBeanInfo(endpoint).getOperations()).extracting(each -> each.getName())
                    .containsExactlyInAnyOrder("listeners", "listener");
        }
    }

    private Object invoke(ObjectName endpoint, String operation, String... arguments) throws Exception {
        String[] types = new String[arguments.length];
        Arrays.fill(types, String.class.getName());
        Object result = server.invoke(endpoint, operation, arguments, types);
        assertThat(result).isNotNull();
        return result;
    }

    private ConfigurableApplicationContext start(String access) {
        String orders = "--zeroipc.segments.market.structures.orders.";
        return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
                .run("--zeroipc.base-directory=" + directory, orders + "type=queue", orders + "element-type=int32",
                        orders + "capacity=8", "--spring.jmx.enabled=true",
                        "--management.endpoints.jmx.exposure.include=*",
                        "--management.endpoints.jmx.domain=" + DOMAIN,
                        "--management.endpoint.channellisteners.access=" + access,
                        "--management.endpoint.zeroipc.show-values=always");
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @ChannelListener(id = "orders-listener", channels = "market/orders")
        void on(int order) {
        }
    }
}
