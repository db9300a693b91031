package io.zeroipc.benchmarks.pair;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.config.EnableZeroIpc;
import io.zeroipc.spring.core.BoundChannelOperations;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;

/** Three queues or rings of a segment, and {@code @ChannelListener} methods that take from them; or plain threads that do, and spin. */
final class OwnExchange implements Exchange {

    private static final int CAPACITY = 65_536;
    private static final long BYTES = 32L << 20;
    /** With nobody who takes anything, sending fails instead of waiting for ever. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Codec<Note> CODEC = Codecs.record(Note.class);

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final BoundChannelOperations<Note> flow;
    private final BoundChannelOperations<Note> there;
    /** In {@link How#RAW}. */
    private final @Nullable SharedQueue<Note> rawFlow;
    private final @Nullable SharedQueue<Note> rawThere;
    private final List<Note> toSend = new ArrayList<>();
    private final Desk desk;
    private final How how;
    private @Nullable Spinning spinning;

    /** How elements are taken. */
    enum How {
        /** By threads of ours that spin, without listeners and template. */
        RAW,
        SPIN,
        BLOCK,
        /** As {@link #BLOCK}; what is counted is sent in batches, and comes in batches. */
        BATCH,
        /** As {@link #BLOCK}, through rings. */
        RING,
        /** As {@link #BATCH}, through rings. */
        RING_BATCH;

        private boolean isRing() {
            return this == RING || this == RING_BATCH;
        }

        private boolean isBatch() {
            return this == BATCH || this == RING_BATCH;
        }
    }

    /** 64 bytes. */
    record Note(long number, long b, long c, long d, long e, long f, double g, double h) {

        static Note of(long number) {
            return new Note(number, 2, 3, 4, 5, 6, 7, 8);
        }
    }

    OwnExchange(How how, Desk desk) {
        this.how = how;
        this.desk = desk;
        SegmentDefinition.Builder segment = SegmentDefinition.named("desk");
        for (String name : List.of("flow", "there", "back")) {
            segment.structure(StructureDefinition.of(name,
                    how.isRing() ? SharedRing.spec(CODEC, CAPACITY) : SharedQueue.spec(CODEC, CAPACITY), CODEC));
        }
        String file = "zeroipc-listening-" + ProcessHandle.current().pid() + "-" + how;
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("way",
                        Map.of("wait", how == How.SPIN ? "spin" : "block")));
        context.registerBean(SegmentDefinition.class, () -> segment.openedBy(() -> Segment
                .at(Segment.defaultDirectory().resolve(file.toLowerCase(Locale.ROOT)))
                .size(BYTES)
                .onClose(OnClose.DELETE)
                .recreate()));
        context.register(Plain.class);
        if (how != How.RAW) {
            context.registerBean(Listeners.class, () -> new Listeners(desk, context));
        }
        context.refresh();
        ZeroIpcTemplate template = context.getBean(ZeroIpcTemplate.class);
        template.setSendTimeout(PATIENCE);
        flow = template.channel("desk/flow", Note.class);
        there = template.channel("desk/there", Note.class);
        rawFlow = how == How.RAW ? queue("flow") : null;
        rawThere = how == How.RAW ? queue("there") : null;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableZeroIpc
    static class Plain {}

    /** As an application would write them. */
    static final class Listeners {

        private final Desk desk;
        private final AnnotationConfigApplicationContext context;
        private @Nullable BoundChannelOperations<Note> back;

        Listeners(Desk desk, AnnotationConfigApplicationContext context) {
            this.desk = desk;
            this.context = context;
        }

        @ChannelListener(id = "each", channels = "desk/flow", waitStrategy = "${wait}", autoStartup = "false")
        void each(Note note) {
            desk.received(1);
        }

        @ChannelListener(id = "batch", channels = "desk/flow", waitStrategy = "${wait}", autoStartup = "false")
        void batch(List<Note> notes) {
            desk.received(notes.size());
        }

        @ChannelListener(id = "answer", channels = "desk/there", waitStrategy = "${wait}", autoStartup = "false")
        void answer(Note note) {
            BoundChannelOperations<Note> known = back;
            if (known == null) {
                known = context.getBean(ZeroIpcTemplate.class).channel("desk/back", Note.class);
                back = known;
            }
            known.send(note);
        }

        @ChannelListener(id = "answered", channels = "desk/back", waitStrategy = "${wait}", autoStartup = "false")
        void answered(Note note) throws Exception {
            desk.answered(note.number());
        }
    }

    private List<String> listeners(Part part) {
        return part == Part.COUNT ? List.of(how.isBatch() ? "batch" : "each") : List.of("answer", "answered");
    }

    @Override
    public void begin(Part part) {
        if (how == How.RAW) {
            spinning = new Spinning(part);
        } else {
            var registry = context.getBean(ChannelListenerEndpointRegistry.class);
            listeners(part).forEach(id -> registry.getContainer(id).start());
        }
    }

    @Override
    public void end(Part part) throws InterruptedException {
        if (spinning != null) {
            spinning.stop();
            spinning = null;
        } else {
            var registry = context.getBean(ChannelListenerEndpointRegistry.class);
            listeners(part).forEach(id -> registry.getContainer(id).stop());
        }
    }

    @SuppressWarnings("unchecked") // declared so above
    private SharedQueue<Note> queue(String name) {
        SegmentRegistry registry = context.getBean(SegmentRegistry.class);
        return (SharedQueue<Note>) registry.structure(registry.channel("desk/" + name));
    }

    /** What the listeners do, without anything of Spring. */
    private final class Spinning {

        private final List<Thread> threads;
        private volatile boolean stopping;

        Spinning(Part part) {
            SharedQueue<Note> back = queue("back");
            threads = part == Part.COUNT
                    ? List.of(start("flow", note -> desk.received(1)))
                    : List.of(start("there", note -> offer(back, note)),
                            start("back", note -> desk.answered(note.number())));
        }

        private Thread start(String name, Taker taker) {
            SharedQueue<Note> from = queue(name);
            return Thread.ofPlatform().name("raw-" + name).start(() -> {
                while (!stopping) {
                    Note note = from.poll();
                    if (note == null) {
                        Thread.onSpinWait();
                    } else {
                        try {
                            taker.take(note);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }
                }
            });
        }

        void stop() throws InterruptedException {
            stopping = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @FunctionalInterface
    private interface Taker {

        void take(Note note) throws Exception;
    }

    private static void offer(SharedQueue<Note> to, Note note) {
        while (!to.offer(note)) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void send(long number) {
        if (rawFlow != null) {
            offer(rawFlow, Note.of(number));
        } else if (!how.isBatch()) {
            flow.send(Note.of(number));
        } else {
            toSend.add(Note.of(number));
            if (toSend.size() == Desk.SENT_AT_ONCE) {
                int sent = 0;
                while (sent < toSend.size()) {
                    int more = flow.sendAll(sent == 0 ? toSend : toSend.subList(sent, toSend.size()));
                    if (more == 0) {
                        flow.send(toSend.get(sent));
                        more = 1;
                    }
                    sent += more;
                }
                toSend.clear();
            }
        }
    }

    @Override
    public void ask(long number) {
        if (rawThere != null) {
            offer(rawThere, Note.of(number));
        } else {
            there.send(Note.of(number));
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
