package io.zeroipc.benchmarks.pair;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.Poller;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.messaging.support.GenericMessage;

/** Spring Integration: queues on the heap, and service activators whose pollers take all that is there, and wait in the queue. */
final class QueueChannelExchange implements Exchange {

    private static final int CAPACITY = 65_536;

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final QueueChannel flow;
    private final QueueChannel there;

    QueueChannelExchange(Desk desk) {
        context.registerBean(Desk.class, () -> desk);
        context.register(Channels.class);
        context.refresh();
        flow = context.getBean("flow", QueueChannel.class);
        there = context.getBean("there", QueueChannel.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Channels {

        @Bean
        QueueChannel flow() {
            return new QueueChannel(CAPACITY);
        }

        @Bean
        QueueChannel there() {
            return new QueueChannel(CAPACITY);
        }

        @Bean
        QueueChannel back() {
            return new QueueChannel(CAPACITY);
        }

        @Bean
        Activators activators(Desk desk, QueueChannel back) {
            return new Activators(desk, back);
        }
    }

    /** As an application would write them. */
    static final class Activators {

        private final Desk desk;
        private final QueueChannel back;

        Activators(Desk desk, QueueChannel back) {
            this.desk = desk;
            this.back = back;
        }

        @ServiceActivator(inputChannel = "flow", poller = @Poller(fixedDelay = "1", maxMessagesPerPoll = "-1"))
        public void each(OwnExchange.Note note) {
            desk.received(1);
        }

        @ServiceActivator(inputChannel = "there", poller = @Poller(fixedDelay = "1", maxMessagesPerPoll = "-1"))
        public void answer(OwnExchange.Note note) {
            back.send(new GenericMessage<>(note));
        }

        @ServiceActivator(inputChannel = "back", poller = @Poller(fixedDelay = "1", maxMessagesPerPoll = "-1"))
        public void answered(OwnExchange.Note note) throws Exception {
            desk.answered(note.number());
        }
    }

    @Override
    public void send(long number) {
        flow.send(new GenericMessage<>(OwnExchange.Note.of(number)));
    }

    @Override
    public void ask(long number) {
        there.send(new GenericMessage<>(OwnExchange.Note.of(number)));
    }

    @Override
    public void close() {
        context.close();
    }
}
