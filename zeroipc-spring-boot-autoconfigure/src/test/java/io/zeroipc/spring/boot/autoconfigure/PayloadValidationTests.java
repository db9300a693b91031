package io.zeroipc.spring.boot.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Positive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.messaging.handler.annotation.support.MethodArgumentNotValidException;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.json.ZeroIpcJsonAutoConfiguration;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.listener.ChannelMessageRecoverer;
import io.zeroipc.spring.listener.FailureAction;
import io.zeroipc.spring.listener.InvalidListenerException;
import io.zeroipc.spring.listener.ListenerExecutionFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Payloads that are checked before a listener sees them, with Bean Validation and without. */
class PayloadValidationTests {

    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";

    @TempDir
    private Path directory;

    record Order(@Positive int amount) {}

    record Basket(@NotEmpty String customer, @Valid List<Order> orders) {}

    /** A group of constraints. */
    interface Strict {}

    record Grouped(@Positive(groups = Strict.class) int amount) {}

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(ZeroIpcAutoConfiguration.class, ValidationAutoConfiguration.class))
                .withPropertyValues(properties(Order.class.getName()));
    }

    private String[] properties(String elementType) {
        return new String[] {"zeroipc.base-directory=" + directory, ORDERS + "type=queue",
                ORDERS + "element-type=" + elementType, ORDERS + "capacity=16"};
    }

    @Test
    void payloadWhenNotValidGoesToTheRecoverer() {
        runner().withUserConfiguration(Validating.class).run(context -> {
            Validating listener = context.getBean(Validating.class);
            ZeroIpcOperations operations = context.getBean(ZeroIpcOperations.class);
            operations.send("market/orders", new Order(-1));
            operations.send("market/orders", new Order(1));
            BindingResult result = listener.nextViolation();
            assertThat(result.getObjectName()).isEqualTo("order");
            assertThat(result.getFieldErrors()).extracting(FieldError::getField, FieldError::getRejectedValue)
                    .containsExactly(tuple("amount", -1));
            assertThat(listener.next()).isEqualTo(new Order(1));
        });
    }

    @Test
    void payloadWhenJsonIsCheckedInDepth() {
        runner().withConfiguration(
                AutoConfigurations.of(JacksonAutoConfiguration.class, ZeroIpcJsonAutoConfiguration.class))
                .withPropertyValues(properties("frame(128)"))
                .withUserConfiguration(ValidatingBaskets.class)
                .run(context -> {
                    ValidatingBaskets listener = context.getBean(ValidatingBaskets.class);
                    context.getBean(ZeroIpcOperations.class)
                            .send("market/orders", "{\"customer\":\"\",\"orders\":[{\"amount\":1},{\"amount\":0}]}"
                                    .getBytes(StandardCharsets.UTF_8));
                    assertThat(listener.nextViolation().getFieldErrors()).extracting(FieldError::getField)
                            .containsExactlyInAnyOrder("customer", "orders[1].amount");
                });
    }

    @Test
    void payloadWhenGroupIsNamedIsCheckedByIt() {
        runner().withPropertyValues(properties(Grouped.class.getName()))
                .withUserConfiguration(ValidatingGroup.class)
                .run(context -> {
                    context.getBean(ZeroIpcOperations.class).send("market/orders", new Grouped(0));
                    assertThat(context.getBean(ValidatingGroup.class).nextViolation().getErrorCount()).isEqualTo(1);
                });
    }

    @Test
    void batchWhenOneElementIsNotValidNamesIt() {
        runner().withUserConfiguration(ValidatingBatch.class).run(context -> {
            ZeroIpcOperations operations = context.getBean(ZeroIpcOperations.class);
            operations.sendAll("market/orders", List.of(new Order(1), new Order(2), new Order(0), new Order(-1)));
            context.getBean(ChannelListenerEndpointRegistry.class).getContainer("batch").start();
            BindingResult result = context.getBean(ValidatingBatch.class).nextViolation();
            assertThat(result.getObjectName()).isEqualTo("orders[2]");
            assertThat(result.getTarget()).isEqualTo(new Order(0));
            operations.send("market/orders", new Order(3));
            assertThat(context.getBean(ValidatingBatch.class).next()).isEqualTo(List.of(new Order(3)));
        });
    }

    @Test
    void startWhenThereIsNoValidatorIsRefused() {
        runner().withClassLoader(new FilteredClassLoader("jakarta.validation"))
                .withUserConfiguration(Validating.class)
                .run(context -> assertThat(context).getFailure()
                        .isInstanceOf(InvalidListenerException.class)
                        .hasMessageContaining("its payload is to be validated and there is no validator for it: type="
                                + Order.class.getTypeName() + ", validator=none")
                        .hasMessageContaining("Validating.on(")
                        .hasMessageContaining("expected: spring-boot-starter-validation"));
    }

    /** As the validator of Web MVC, which supports nothing where Bean Validation is absent. */
    @Test
    void startWhenTheValidatorDoesNotSupportThePayloadIsRefused() {
        runner().withClassLoader(new FilteredClassLoader("jakarta.validation"))
                .withBean(Validator.class, () -> Validator.forInstanceOf(String.class, (text, errors) -> {}))
                .withUserConfiguration(Validating.class)
                .run(context -> assertThat(context).getFailure()
                        .hasMessageContaining("there is no validator for it: type=" + Order.class.getTypeName()
                                + ", validator=org.springframework.validation."));
    }

    @Test
    void startWhenNothingIsValidatedNeedsNoValidator() {
        runner().withClassLoader(new FilteredClassLoader("jakarta.validation"))
                .withUserConfiguration(Plain.class)
                .run(context -> {
                    context.getBean(ZeroIpcOperations.class).send("market/orders", new Order(-1));
                    assertThat(context.getBean(Plain.class).next()).isEqualTo(new Order(-1));
                });
    }

    /** Hands what arrives, and what fails, to the test. */
    abstract static class Recorder {

        private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
        private final BlockingQueue<ListenerExecutionFailedException> failures = new LinkedBlockingQueue<>();

        @Bean
        ChannelMessageRecoverer recoverer() {
            return failure -> {
                failures.add(failure);
                return FailureAction.DISCARD;
            };
        }

        void record(Object payload) {
            received.add(payload);
        }

        Object next() throws InterruptedException {
            Object payload = received.poll(1, TimeUnit.MINUTES);
            assertThat(payload).as("payload").isNotNull();
            return payload;
        }

        BindingResult nextViolation() throws InterruptedException {
            ListenerExecutionFailedException failure = failures.poll(1, TimeUnit.MINUTES);
            assertThat(failure).as("failure").isNotNull();
            assertThat(failure.getCause()).isInstanceOf(MethodArgumentNotValidException.class);
            BindingResult result = ((MethodArgumentNotValidException) failure.getCause()).getBindingResult();
            assertThat(result).isNotNull();
            return result;
        }
    }

    static class Plain extends Recorder {

        @ChannelListener("market/orders")
        void on(Order order) {
            record(order);
        }
    }

    static class Validating extends Recorder {

        @ChannelListener("market/orders")
        void on(@Payload @Validated Order order) {
            record(order);
        }
    }

    static class ValidatingBaskets extends Recorder {

        @ChannelListener("market/orders")
        void on(@Valid Basket basket) {
            record(basket);
        }
    }

    static class ValidatingGroup extends Recorder {

        @ChannelListener("market/orders")
        void on(@Validated(Strict.class) Grouped grouped) {
            record(grouped);
        }
    }

    static class ValidatingBatch extends Recorder {

        @ChannelListener(id = "batch", channels = "market/orders", autoStartup = "false")
        void on(@Valid List<Order> orders) {
            record(orders);
        }
    }
}
