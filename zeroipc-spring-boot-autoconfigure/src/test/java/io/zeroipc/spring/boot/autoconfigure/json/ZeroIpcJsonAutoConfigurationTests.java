package io.zeroipc.spring.boot.autoconfigure.json;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.converter.ElementType;
import io.zeroipc.spring.converter.JsonPayloadConverter;
import io.zeroipc.spring.converter.PayloadConverter;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.ZeroIpcOperations;

import static org.assertj.core.api.Assertions.assertThat;

class ZeroIpcJsonAutoConfigurationTests {

    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";

    @TempDir
    private Path directory;

    record Order(int id) {}

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, ZeroIpcAutoConfiguration.class,
                        ZeroIpcJsonAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, ORDERS + "type=queue",
                        ORDERS + "element-type=frame(64)", ORDERS + "capacity=16");
    }

    @Test
    void payloadWhenThereIsAMapperIsReadByIt() {
        runner().withPropertyValues("spring.jackson.property-naming-strategy=UPPER_CAMEL_CASE")
                .withUserConfiguration(Listening.class)
                .run(context -> {
                    context.getBean(ZeroIpcOperations.class)
                            .send("market/orders", "{\"Id\":7}".getBytes(StandardCharsets.UTF_8));
                    assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES)).isEqualTo(
                            new Order(7));
                });
    }

    @Test
    void payloadWhenApplicationHasItsOwnConverterIsReadByThat() {
        runner().withUserConfiguration(Listening.class)
                .withBean(Constant.class)
                .run(context -> {
                    context.getBean(ZeroIpcOperations.class).send("market/orders", new byte[] {5});
                    assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES)).isEqualTo(
                            new Order(5));
                });
    }

    @Test
    void startWhenThereIsNoJacksonSaysWhatIsMissing() {
        runner().withClassLoader(new FilteredClassLoader(JsonMapper.class))
                .withUserConfiguration(Listening.class)
                .run(context -> assertThat(context).getFailure()
                        .isInstanceOf(ElementTypeException.class)
                        .hasMessageContaining("converters=[text]")
                        .hasMessageContaining("spring-boot-starter-jackson"));
    }

    @Test
    void converterWhenThereIsNoSingleMapperIsAbsent() {
        runner().withBean("one", JsonMapper.class, () -> JsonMapper.shared())
                .withBean("other", JsonMapper.class, () -> JsonMapper.shared())
                .run(context -> assertThat(context).doesNotHaveBean(JsonPayloadConverter.class)
                        .hasSingleBean(PayloadConverters.class));
    }

    @Test
    void converterWhenSwitchedOffIsAbsent() {
        runner().withPropertyValues("zeroipc.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(PayloadConverter.class)
                        .doesNotHaveBean(PayloadConverters.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class Listening {

        final BlockingQueue<Order> received = new LinkedBlockingQueue<>();

        @ChannelListener("market/orders")
        void on(Order order) {
            received.add(order);
        }
    }

    /** The first byte is the id. */
    static class Constant implements PayloadConverter {

        @Override
        public boolean canConvert(Type payloadType, ElementType elementType) {
            return payloadType == Order.class;
        }

        @Override
        public Object toPayload(Object element, ElementType elementType, Type payloadType) {
            return new Order(((byte[]) element)[0]);
        }

        @Override
        public Object toElement(Object payload, ElementType elementType) {
            return new byte[] {(byte) ((Order) payload).id()};
        }
    }
}
