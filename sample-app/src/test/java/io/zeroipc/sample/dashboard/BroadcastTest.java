package io.zeroipc.sample.dashboard;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter.DataWithMediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;

class BroadcastTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Broadcast broadcast = new Broadcast(JsonMapper.shared(), meters);
    private final CountDownLatch obstacle = new CountDownLatch(1);

    /** A page whose connection keeps what it is sent. */
    private static class Connection extends SseEmitter {
        final BlockingQueue<String> sent = new LinkedBlockingQueue<>();

        @Override
        public void send(SseEventBuilder event) throws IOException {
            sent.add(event.build()
                    .stream()
                    .map(DataWithMediaType::getData)
                    .map(Object::toString)
                    .collect(Collectors.joining()));
        }
    }

    /** A page that takes nothing. */
    private final class Stuck extends Connection {
        @Override
        public void send(SseEventBuilder event) throws IOException {
            try {
                obstacle.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            super.send(event);
        }
    }

    private static String next(Connection connection) {
        try {
            return Objects.toString(connection.sent.poll(2, TimeUnit.MINUTES), "nothing");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    @AfterEach
    void end() {
        obstacle.countDown();
        broadcast.close();
        await().until(() -> broadcast.browsers() == 0);
    }

    @Test
    void sendWhenOnePageIsStuckWaitsForNobodyAndDropsForThatPageAlone() {
        Connection good = new Connection();
        Stuck stuck = new Stuck();
        broadcast.add(stuck, List.of());
        broadcast.add(good, List.of());
        Queue<String> received = new ConcurrentLinkedQueue<>();
        int events = 2 * Browser.PLACES;

        Thread listener = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < events; i++) {
                broadcast.send("number", i);
                received.add(next(good));
            }
        });
        await().until(() -> !listener.isAlive());

        assertThat(received).containsExactlyElementsOf(
                IntStream.range(0, events).mapToObj(i -> "event:number\ndata:" + i + "\n\n").toList());
        // One may have left the queue, for the sender that hangs.
        assertThat(broadcast.dropped()).isBetween((long) events - Browser.PLACES - 1, (long) events - Browser.PLACES);
        assertThat(meters.get("sample.browsers.dropped").functionCounter().count())
                .isEqualTo((double) broadcast.dropped());

        obstacle.countDown();

        await().until(() -> stuck.sent.size() == events - broadcast.dropped());
        assertThat(stuck.sent).as("the oldest ones, in order").first().isEqualTo("event:number\ndata:0\n\n");
    }

    @Test
    void sendWhenAPageHasGoneForgetsIt() {
        Connection gone = new Connection() {
            @Override
            public void send(SseEventBuilder event) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        broadcast.add(gone, List.of());
        assertThat(meters.get("sample.browsers").gauge().value()).isOne();

        broadcast.send("number", 1);

        await().until(() -> broadcast.browsers() == 0);
        assertThat(broadcast.dropped()).isZero();
    }

    @Test
    void addWhenThereAreTooManyPagesRefuses() {
        for (int i = 0; i < Broadcast.MOST_BROWSERS; i++) {
            assertThat(broadcast.add(new Connection(), List.of())).isTrue();
        }

        assertThat(broadcast.add(new Connection(), List.of())).isFalse();
    }

    @Test
    void addWhenTheApplicationEndsRefuses() {
        broadcast.close();

        assertThat(broadcast.add(new Connection(), List.of())).isFalse();
    }

    @Test
    void addTellsTheNewPageAloneWhatThereIs() {
        Connection old = new Connection();
        Connection fresh = new Connection();
        broadcast.add(old, List.of());

        broadcast.add(fresh, List.of(broadcast.event("history", List.of(1, 2))));
        broadcast.send("number", 3);

        await().until(() -> old.sent.size() == 1 && fresh.sent.size() == 2);
        assertThat(fresh.sent).containsExactly("event:history\ndata:[1,2]\n\n", "event:number\ndata:3\n\n");
    }
}
