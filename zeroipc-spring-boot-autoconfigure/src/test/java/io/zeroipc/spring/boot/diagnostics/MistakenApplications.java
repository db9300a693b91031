package io.zeroipc.spring.boot.diagnostics;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;

import io.zeroipc.flow.Loan;
import io.zeroipc.flow.Sample;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.listener.Acknowledgment;

/** Applications that cannot work, or that say something about what they were given. */
final class MistakenApplications {

    private MistakenApplications() {
    }

    /** What is stored now. */
    record Order(int number, double price) {}

    /** What the segment was created with. */
    record OldOrder(int number, float price) {}

    /** What another process calls an order. */
    record OtherOrder(double price, int number) {}

    /** Has a text without a length. */
    record Person(int number, String name) {}

    static class Plain {}

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({ZeroIpcAutoConfiguration.class, PropertyPlaceholderAutoConfiguration.class})
    static class Nothing {}

    static class OwnBean extends Nothing {

        @Bean
        String mine() {
            return "mine";
        }
    }

    static class Listening extends Nothing {

        @ChannelListener(id = "order-log", channels = "market/orders")
        void on(int order) {
        }
    }

    static class MisspeltChannel extends Nothing {

        @ChannelListener(channels = "market/oders")
        void on(int order) {
        }
    }

    static class MisspeltSegment extends Nothing {

        @ChannelListener(channels = "markt/orders")
        void on(int order) {
        }
    }

    static class MisspeltStructure extends Nothing {

        @ChannelListener(channels = "oders")
        void on(int order) {
        }
    }

    static class NoChannel extends Nothing {

        @ChannelListener
        void on(int order) {
        }
    }

    static class BadExpression extends Nothing {

        @ChannelListener(channels = "#{market.orders}")
        void on(int order) {
        }
    }

    static class BrokenExpression extends Nothing {

        @ChannelListener(channels = "#{@orders")
        void on(int order) {
        }
    }

    static class BadPlaceholder extends Nothing {

        @ChannelListener(channels = "${orders.channel}")
        void on(int order) {
        }
    }

    static class BadConcurrency extends Nothing {

        @ChannelListener(channels = "market/orders", concurrency = "two")
        void on(int order) {
        }
    }

    static class NoConcurrency extends Nothing {

        @ChannelListener(channels = "market/orders", concurrency = "0")
        void on(int order) {
        }
    }

    static class BadAckMode extends Nothing {

        @ChannelListener(channels = "market/orders", ackMode = "manuel")
        void on(int order) {
        }
    }

    static class BadWaitStrategy extends Nothing {

        @ChannelListener(channels = "market/orders", waitStrategy = "back-of")
        void on(int order) {
        }
    }

    static class BadTimeout extends Nothing {

        @ChannelListener(channels = "market/orders", shutdownTimeout = "10 seconds")
        void on(int order) {
        }
    }

    static class BadErrorHandler extends Nothing {

        @ChannelListener(channels = "market/orders", errorHandler = "nobody")
        void on(int order) {
        }
    }

    static class BadFactory extends Nothing {

        @ChannelListener(channels = "market/orders", containerFactory = "nobody")
        void on(int order) {
        }
    }

    static class Manual extends Nothing {

        @ChannelListener(id = "order-log", channels = "market/orders", ackMode = "manual")
        void on(int order, Acknowledgment acknowledgment) {
        }
    }

    static class Acknowledging extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(int order, Acknowledgment acknowledgment) {
        }
    }

    static class OtherType extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(String order) {
        }
    }

    static class MapOfElements extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(Map<String, Object> order) {
        }
    }

    static class ListOfTexts extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(List<String> orders) {
        }
    }

    static class TwoElements extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(int order, int another) {
        }
    }

    static class UnknownHeader extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(int order, @Header("priority") int priority) {
        }
    }

    static class TwoListeners extends Nothing {

        @ChannelListener(id = "order-log", channels = "market/orders")
        void on(int order) {
        }

        @ChannelListener(id = "order-report", channels = "market/orders")
        void again(int order) {
        }
    }

    static class SameId extends Nothing {

        @ChannelListener(id = "order-log", channels = "market/orders")
        void on(int order) {
        }

        @ChannelListener(id = "order-log", channels = "market/orders")
        void again(int order) {
        }
    }

    static class OfLoans extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(Loan order) {
        }
    }

    static class OfViews extends Nothing {

        @ChannelListener(channels = "market/orders")
        void on(List<MemorySegment> orders) {
        }
    }

    static class OfSamples extends Nothing {

        final BlockingQueue<Sample> kept = new LinkedBlockingQueue<>();

        @ChannelListener(id = "order-log", channels = "market/orders")
        void on(Sample order) {
            kept.add(order);
        }
    }

    static class FromTheBeginning extends Nothing {

        @ChannelListener(id = "order-log", channels = "market/orders", startPosition = "earliest")
        void on(Sample order) {
        }
    }

    static class ReplyToNobody extends Nothing {

        @ChannelListener(channels = "market/orders")
        @SendTo("market/repies")
        int on(int order) {
            return order;
        }
    }
}
