package io.zeroipc.spring.cloud.stream.binder.sample;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication(proxyBeanMethods = false)
public class TradesApplication {

    public record Trade(int id, String symbol, int quantity, double price) {}

    public record Booking(int trade, double amount) {}

    @Bean
    Supplier<Trade> trades() {
        AtomicInteger ids = new AtomicInteger();
        return () -> ids.get() == 20 ? null : new Trade(ids.incrementAndGet(), "ACME", 100, 12.5);
    }

    @Bean
    Function<Trade, Booking> book() {
        return trade -> new Booking(trade.id(), trade.quantity() * trade.price());
    }

    @Bean
    Consumer<Booking> ledger() {
        return booking -> System.out.println("booked trade " + booking.trade() + ": " + booking.amount());
    }

    public static void main(String[] arguments) {
        SpringApplication.run(TradesApplication.class, arguments);
    }
}
