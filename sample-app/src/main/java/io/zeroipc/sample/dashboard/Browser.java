package io.zeroipc.sample.dashboard;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One open page. Events wait for it in a queue with few places, and a thread of its own sends them: a browser that is slow
 * keeps that thread waiting and nobody else, and what finds no place is dropped.
 */
final class Browser {

    private static final Logger log = LoggerFactory.getLogger("sample.dashboard");
    /** More than the minute of samples that a listener hears at once when its pause ends. */
    static final int PLACES = 750;

    /** An event by its name, with its data as JSON. */
    record Event(String name, String json) {}

    private final SseEmitter emitter;
    private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(PLACES);
    private final Consumer<Browser> whenGone;
    private final Thread sender = Thread.ofVirtual().name("browser").unstarted(this::send);

    /**
     * @param emitter the response that stays open
     * @param whenGone told once or more that nothing can be sent any more
     */
    Browser(SseEmitter emitter, Consumer<Browser> whenGone) {
        this.emitter = emitter;
        this.whenGone = whenGone;
        emitter.onCompletion(this::gone);
        emitter.onTimeout(this::gone);
        emitter.onError(_ -> gone());
    }

    void start() {
        sender.start();
    }

    /** Sends the event soon, unless there is no place for it. Never waits. */
    boolean offer(Event event) {
        return waiting.offer(event);
    }

    /** Ends the response. Does not wait for a browser that does not take it. */
    void close() {
        sender.interrupt();
    }

    private void gone() {
        whenGone.accept(this);
        sender.interrupt();
    }

    private void send() {
        try {
            while (true) {
                Event event = waiting.take();
                emitter.send(SseEmitter.event().name(event.name()).data(event.json()));
            }
        } catch (InterruptedException e) {
            emitter.complete();
        } catch (IOException | IllegalStateException e) {
            log.debug("a browser has gone", e);
        } finally {
            whenGone.accept(this);
        }
    }
}
