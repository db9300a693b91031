package io.zeroipc.sample.dashboard;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.sample.dashboard.Browser.Event;

/** Tells all open pages something. Thread-safe; never waits for any of them. */
@Component
class Broadcast {

    /** More pages than anybody looks at, so that nobody fills the memory with them. */
    static final int MOST_BROWSERS = 32;

    private final JsonMapper json;
    private final Set<Browser> browsers = ConcurrentHashMap.newKeySet();
    private final LongAdder dropped = new LongAdder();
    private boolean closed;

    Broadcast(JsonMapper json, MeterRegistry meters) {
        this.json = json;
        Gauge.builder("sample.browsers", browsers, Set::size)
                .description("Open pages")
                .strongReference(true)
                .register(meters);
        FunctionCounter.builder("sample.browsers.dropped", dropped, LongAdder::sum)
                .description("Events that a page was too slow for")
                .register(meters);
    }

    /**
     * Adds a page.
     *
     * @param emitter its response, which stays open
     * @param first what only this page is told, before anything else
     * @return false when there are too many pages, or the application ends
     */
    synchronized boolean add(SseEmitter emitter, List<Event> first) {
        if (closed || browsers.size() >= MOST_BROWSERS) {
            return false;
        }
        Browser browser = new Browser(emitter, browsers::remove);
        first.forEach(browser::offer);
        browsers.add(browser);
        browser.start();
        return true;
    }

    /** Puts the data into JSON. */
    Event event(String name, Object data) {
        return new Event(name, json.writeValueAsString(data));
    }

    /** Tells all pages. */
    void send(String name, Object data) {
        if (browsers.isEmpty()) {
            return;
        }
        Event event = event(name, data);
        for (Browser browser : browsers) {
            if (!browser.offer(event)) {
                dropped.increment();
            }
        }
    }

    int browsers() {
        return browsers.size();
    }

    /** Events that a page was too slow for, since the start. */
    long dropped() {
        return dropped.sum();
    }

    /** Before the web server waits for open responses to end by themselves. */
    @EventListener(ContextClosedEvent.class)
    synchronized void close() {
        closed = true;
        browsers.forEach(Browser::close);
    }
}
