package io.zeroipc.documentation;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.stereotype.Component;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.ChannelListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** {@code docs/guide/errors.md} as one application: its configuration and its classes, and an exchange that fails. */
@ExtendWith(OutputCaptureExtension.class)
class ErrorsPageTest {

    private static final String PAGE = "docs/guide/errors.md";
    private static final String MARKET = "zeroipc.segments.market.structures.";

    private PageApplication application;
    private ZeroIpcTemplate zeroIpc;

    @BeforeEach
    void start(@TempDir Path classes, @TempDir Path segments) throws Exception {
        Map<String, Object> properties = new HashMap<>(Map.of("zeroipc.listener.retry.delay", "1ms",
                // The page's own record, which stands in no package.
                MARKET + "orders.element-type", "Order", MARKET + "fills.element-type", "Fill",
                MARKET + "numbers.type", "queue", MARKET + "numbers.element-type", "int32",
                MARKET + "numbers.capacity", "8"));
        application = PageApplication.start(PAGE, classes, segments, properties, Numbers.class, Market.class);
        zeroIpc = application.context().getBean(ZeroIpcTemplate.class);
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
    }

    private Object order(int id) throws ReflectiveOperationException {
        Constructor<?> constructor = application.type("Order").getDeclaredConstructor(int.class);
        constructor.setAccessible(true);
        return constructor.newInstance(id);
    }

    @Test
    void shouldReplyWhenNothingFails() throws Exception {
        zeroIpc.send("market/orders", order(1));

        await().untilAsserted(() -> assertThat(zeroIpc.tryReceive("market/fills", application.type("Fill")))
                .hasToString("Fill[id=1]"));
    }

    @Test
    void shouldTryAgainAndSendADeadLetterWhenTheListenerFails(CapturedOutput console) throws Exception {
        zeroIpc.send("market/orders", order(Market.UNKNOWN));
        zeroIpc.send("market/orders", order(2));

        await().untilAsserted(() -> assertThat(zeroIpc.tryReceive("market/fills", application.type("Fill")))
                .hasToString("Fill[id=2]"));
        // Once, and four times more, as the configuration says.
        assertThat(Market.CALLS).containsExactly(Market.UNKNOWN, Market.UNKNOWN, Market.UNKNOWN, Market.UNKNOWN,
                Market.UNKNOWN, 2);
        await().until(() -> console.getOut().contains("order " + Market.UNKNOWN + " failed 5 times: no such order"));
    }

    @Test
    void shouldStopWhenTheRecovererSaysSo() throws Exception {
        ChannelListenerContainer container = application.context()
                .getBean(ChannelListenerEndpointRegistry.class)
                .getContainers()
                .stream()
                .filter(each -> each.getId().equals("Matching.onOrder"))
                .findFirst()
                .orElseThrow();
        assertThat(container.isRunning()).isTrue();
        zeroIpc.send("market/orders", order(Market.FORBIDDEN));

        await().until(() -> !container.isRunning());
        zeroIpc.send("market/orders", order(3));
        container.start();
        await().untilAsserted(() -> assertThat(zeroIpc.tryReceive("market/fills", application.type("Fill")))
                .hasToString("Fill[id=3]"));
    }

    @Test
    void shouldHaveDealtWithItWhenTheErrorHandlerReturns(CapturedOutput console) {
        zeroIpc.send("market/numbers", 5);

        await().until(() -> console.getOut().contains("giving up"));
        assertThat(Numbers.ATTEMPTS).hasValue(3);
        assertThat(console.getOut()).doesNotContain("sent to market/failed");
    }

    /** Another listener, with the error handler of the page. */
    @Component
    static class Numbers {

        static final AtomicInteger ATTEMPTS = new AtomicInteger();

        Numbers() {
            ATTEMPTS.set(0);
        }

        @ChannelListener(channels = "market/numbers", errorHandler = "orderErrors")
        void on(int number) {
            ATTEMPTS.incrementAndGet();
            throw new IllegalStateException("number " + number);
        }
    }

    /** The exchange that the page leaves to the reader: it does not know one order, and forbids another. */
    static class Market implements FactoryBean<Object> {

        static final int UNKNOWN = 13;
        static final int FORBIDDEN = 14;
        static final List<Integer> CALLS = new CopyOnWriteArrayList<>();

        private final ClassLoader loader = Thread.currentThread().getContextClassLoader();

        Market() {
            CALLS.clear();
        }

        @Override
        public Class<?> getObjectType() {
            try {
                return loader.loadClass("Exchange");
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Object getObject() {
            return Proxy.newProxyInstance(loader, new Class<?>[] {getObjectType()},
                    (_, method, arguments) -> match(method.getReturnType(), arguments[0]));
        }

        private static Object match(Class<?> fill, Object order) throws ReflectiveOperationException {
            Method id = order.getClass().getDeclaredMethod("id");
            id.setAccessible(true);
            int number = (int) id.invoke(order);
            CALLS.add(number);
            if (number == UNKNOWN) {
                throw new IllegalStateException("no such order");
            }
            if (number == FORBIDDEN) {
                throw new SecurityException("not allowed");
            }
            Constructor<?> constructor = fill.getDeclaredConstructor(int.class);
            constructor.setAccessible(true);
            return constructor.newInstance(number);
        }
    }
}
