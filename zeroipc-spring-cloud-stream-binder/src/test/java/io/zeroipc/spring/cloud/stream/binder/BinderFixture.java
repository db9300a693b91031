package io.zeroipc.spring.cloud.stream.binder;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.springframework.boot.integration.autoconfigure.IntegrationAutoConfiguration;
import org.springframework.cloud.stream.binder.Binding;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.messaging.support.MessageBuilder;

import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcBinderProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcConsumerProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcProducerProperties;

/** A binder in a context of its own, with bindings that end with it. */
final class BinderFixture implements AutoCloseable {

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
            IntegrationAutoConfiguration.class);
    private final ZeroIpcTestBinder binder;
    private final List<Binding<?>> bindings = new CopyOnWriteArrayList<>();

    BinderFixture(Path directory, String... properties) {
        ZeroIpcBinderProperties said = ZeroIpcTestBinder.properties(properties);
        this.binder = new ZeroIpcTestBinder(context, directory, said);
    }

    static ExtendedConsumerProperties<ZeroIpcConsumerProperties> consumer(
            Consumer<ExtendedConsumerProperties<ZeroIpcConsumerProperties>> said) {
        ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties = new ExtendedConsumerProperties<>(
                new ZeroIpcConsumerProperties());
        properties.setMaxAttempts(1);
        said.accept(properties);
        return properties;
    }

    static ExtendedProducerProperties<ZeroIpcProducerProperties> producer(
            Consumer<ExtendedProducerProperties<ZeroIpcProducerProperties>> said) {
        ExtendedProducerProperties<ZeroIpcProducerProperties> properties = new ExtendedProducerProperties<>(
                new ZeroIpcProducerProperties());
        said.accept(properties);
        return properties;
    }

    ZeroIpcTestBinder binder() {
        return binder;
    }

    /** A channel that is sent to a destination. */
    DirectChannel produce(String destination, Consumer<ExtendedProducerProperties<ZeroIpcProducerProperties>> said) {
        DirectChannel output = new DirectChannel();
        output.setBeanFactory(context.getBeanFactory());
        output.setBeanName("output-" + bindings.size());
        bindings.add(binder.getBinder().bindProducer(destination, output, producer(said)));
        return output;
    }

    /** A handler that gets what comes to a group. */
    Binding<MessageChannel> consume(String destination, String group, MessageHandler handler,
            Consumer<ExtendedConsumerProperties<ZeroIpcConsumerProperties>> said) {
        DirectChannel input = new DirectChannel();
        input.setBeanFactory(context.getBeanFactory());
        input.setBeanName("input-" + bindings.size());
        input.subscribe(handler);
        Binding<MessageChannel> binding = binder.getBinder().bindConsumer(destination, group, input, consumer(said));
        bindings.add(binding);
        return binding;
    }

    /** To the failures of a binding, which the binder has a channel for. */
    void subscribeToErrors(String binding, MessageHandler handler) {
        context.getBean(binder.getBinder().getBinderIdentity() + "." + binding + ".errors", SubscribableChannel.class)
                .subscribe(handler);
    }

    static Message<byte[]> message(String text) {
        return MessageBuilder.withPayload(text.getBytes(StandardCharsets.UTF_8)).build();
    }

    static String text(Message<?> message) {
        return new String((byte[]) message.getPayload(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        bindings.reversed().forEach(Binding::unbind);
        binder.cleanup();
        context.close();
    }
}
