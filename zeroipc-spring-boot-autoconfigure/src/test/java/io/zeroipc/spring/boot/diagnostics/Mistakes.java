package io.zeroipc.spring.boot.diagnostics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.Sample;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.core.ZeroIpcTemplate;

import static io.zeroipc.spring.boot.diagnostics.Mistake.code;
import static io.zeroipc.spring.boot.diagnostics.Mistake.file;
import static io.zeroipc.spring.boot.diagnostics.Mistake.properties;
import static org.awaitility.Awaitility.await;

/** The mistakes of the guide's page, by its headings. */
final class Mistakes {

    private static final String ORDER = MistakenApplications.Order.class.getName();

    private Mistakes() {
    }

    static Map<String, List<Mistake>> all() {
        Map<String, List<Mistake>> all = new LinkedHashMap<>();
        all.put("Keys", keys());
        all.put("Sizes, numbers and times", figures());
        all.put("Permissions, names and places", places());
        all.put("Types of structures and elements", types());
        all.put("Words", words());
        all.put("What is there, and what is not", files());
        all.put("Definitions and injection", definitions());
        all.put("What another process declares", foreign());
        all.put("Listeners", listeners());
        all.put("Dead letters, replies and sending", sending());
        all.put("Topics", topics());
        return all;
    }

    private static List<Mistake> keys() {
        return List.of(properties("orders.capcity: 16"), properties("orders.capcity: 16; orders.element: int32"),
                properties("market.capacity: 16"), properties("orders.overwrite: true; orders.type: ring"),
                properties("orders.options.overwrite: true"), properties("orders.permissions: rw-rw----"),
                properties("segment.market.size: 64KB"), properties("startup-policy: retry"),
                properties("base-dir: /tmp"), properties("listener.concurency: 2"),
                properties("template.send-timout: 1s"), properties("send-timeout: 1s"),
                properties("listener.endpoints.order-log.concurency: 2").in(MistakenApplications.Listening.class),
                properties("listener.endpoints.order-lag.concurrency: 2").in(MistakenApplications.Listening.class),
                properties("segments.shop: 64KB"), properties("market.structures.my_trades.type: queue"),
                properties("market.structures.my-trades.type: queue; market.structures.myTrades.type: queue"),
                file("a list in place of a map below `structures`", """
                        zeroipc:
                          segments:
                            market:
                              structures:
                                - name: orders
                                  type: queue
                        """), file("`capacity` twice", """
                        zeroipc:
                          segments:
                            market:
                              structures:
                                orders:
                                  type: queue
                                  element-type: int32
                                  capacity: 16
                                  capacity: 32
                        """));
    }

    private static List<Mistake> figures() {
        return List.of(properties("market.size: 64"), properties("market.size: 2KB"),
                properties("market.size: 64 kilobytes"), properties("market.size: 1.5MB"),
                properties("market.size: 64kb"), properties("market.size: 64KiB"), properties("market.size: -1MB"),
                properties("market.max-entries: 0"), properties("market.max-entries: many"),
                properties("market.numa-node: -1"),
                properties("orders.capacity: –"), properties("orders.capacity: 0"),
                properties("orders.capacity: -16"), properties("orders.capacity: many"),
                properties("orders.capacity: 1k"), properties("orders.capacity: 3000000000"),
                properties("orders.type: array; orders.shape: 4, 5"),
                properties("orders.type: array; orders.capacity: –; orders.shape: 4, 0"),
                properties("orders.shape: 4, 5"),
                properties("orders.element-size: 64"),
                properties("orders.element-type: bytes; orders.element-size: 1.5KB"),
                properties("orders.element-type: bytes; orders.element-size: 0"), properties("open-timeout: -1s"),
                properties("open-timeout: 10 seconds"), properties("open-retry-interval: 0"),
                properties("market.mode: open; startup-failure-policy: retry; open-timeout: 10"),
                properties("listener.concurrency: 0"), properties("listener.concurrency: two"),
                properties("listener.shutdown-timeout: -1s"), properties("template.send-timeout: -1s"),
                properties("health.segment-usage-threshold: 90"), properties("health.structure-usage-threshold: 90%"),
                properties("listener.enabled: maybe"));
    }

    private static List<Mistake> places() {
        return List.of(properties("market.permissions: 0666"), properties("market.permissions: 0444"),
                properties("market.permissions: rw-rw"), properties("market.permissions: everybody"),
                properties("market.name: shop/market"), properties("market.name: market; market.path: /dev/shm/market"),
                properties("orders.name: orders-of-the-last-month-and-this-one"),
                properties("segments.other.name: market"),
                properties("base-directory: /nowhere/at/all"),
                properties("base-directory: /etc/hostname"), properties("market.path: /nowhere/market"),
                properties("primary-segment: markt"), properties("orders.bean-name: mine")
                        .in(MistakenApplications.OwnBean.class));
    }

    private static List<Mistake> types() {
        return List.of(properties("orders.type: –"), properties("orders.type: que"),
                properties("orders.type: hashmap"), properties("orders.type: multimap"),
                properties("orders.type: map"), properties("orders.element-type: –"),
                properties("orders.element-type: int"), properties("orders.element-type: long"),
                properties("orders.element-type: Integer"), properties("orders.element-type: java.lang.Integer"),
                properties("orders.element-type: Int32"), properties("orders.element-type: string"),
                properties("orders.element-type: String"), properties("orders.element-type: java.lang.String"),
                properties("orders.element-type: string(0)"), properties("orders.element-type: string[16]"),
                properties("orders.element-type: frame"), properties("orders.element-type: int23"),
                properties("orders.element-type: Instant"), properties("orders.element-type: java.time.LocalDate"),
                properties("orders.element-type: BigDecimal"), properties("orders.element-type: decimal(19)"),
                properties("orders.element-type: byte[]"), properties("orders.element-type: com.acme.Order"),
                properties("orders.element-type: Order"),
                properties("orders.element-type: " + MistakenApplications.Plain.class.getName()),
                properties("orders.element-type: java.util.List"),
                properties("orders.element-type: " + MistakenApplications.Person.class.getName()),
                properties("orders.codec: orderCodec"));
    }

    private static List<Mistake> words() {
        return List.of(properties("market.mode: readonly-mode"), properties("market.mode: create-or-open"),
                properties("orders.mode: read-only"), properties("market.mode: read-only; orders.mode: create"),
                properties("market.on-close: remove"), properties("market.huge-pages: always"),
                properties("market.on-replaced: re-atach"),
                properties("market.owner: anybody"), properties("startup-failure-policy: continue-without"),
                properties("listener.ack-mode: manuel"), properties("listener.wait-strategy: back-of"),
                properties("listener.type: list"), properties("listener.start-position: earlyest"),
                properties("listener.failure-action: dead-leter"),
                properties("listener.dead-letter.full-action: drop"), properties("template.full-action: wait"));
    }

    private static List<Mistake> files() {
        return List.of(properties("market.mode: open"), properties("market.mode: read-only"),
                properties("market.mode: create").where("and there is one", directory -> segment(directory)),
                properties("orders.mode: open").where("and there is none", directory -> segment(directory)),
                properties("market.mode: open; orders.mode: open").where("and there is none",
                        directory -> segment(directory)),
                properties("market.size: 128KB").where("and there is one of 64 KB", directory -> segment(directory)),
                properties("orders.capacity: 32").where("and there are 16", directory -> {
                    Segment segment = segment(directory);
                    SharedQueue.create(segment, "orders", Codecs.int32(), 16);
                    return segment;
                }),
                properties("orders.element-type: " + ORDER).where("and its `double` was a `float`", directory -> {
                    Segment segment = segment(directory);
                    SharedQueue.create(segment, "orders", Codecs.record(MistakenApplications.OldOrder.class), 16);
                    return segment;
                }),
                properties("orders.element-type: " + ORDER).where("and its fields were in another order",
                        directory -> {
                            Segment segment = segment(directory);
                            SharedQueue.create(segment, "orders",
                                    Codecs.record(MistakenApplications.OtherOrder.class), 16);
                            return segment;
                        }),
                properties("orders.type: stack").where("and there is a queue", directory -> {
                    Segment segment = segment(directory);
                    SharedQueue.create(segment, "orders", Codecs.int32(), 16);
                    return segment;
                }),
                properties("market.name: market").where("and that is another program's text", directory -> {
                    Files.writeString(directory.resolve("market"), "name,quantity,price\n".repeat(10));
                    return () -> {};
                }));
    }

    private static List<Mistake> listeners() {
        return List.of(
                code("@ChannelListener(channels = \"market/oders\")", MistakenApplications.MisspeltChannel.class, ""),
                code("@ChannelListener(channels = \"markt/orders\")", MistakenApplications.MisspeltSegment.class, ""),
                code("@ChannelListener(channels = \"oders\")", MistakenApplications.MisspeltStructure.class, ""),
                code("@ChannelListener", MistakenApplications.NoChannel.class, ""),
                code("channels = \"#{market.orders}\"", MistakenApplications.BadExpression.class, ""),
                code("channels = \"#{@orders\"", MistakenApplications.BrokenExpression.class, ""),
                code("channels = \"${orders.channel}\"", MistakenApplications.BadPlaceholder.class, ""),
                code("concurrency = \"two\"", MistakenApplications.BadConcurrency.class, ""),
                code("concurrency = \"0\"", MistakenApplications.NoConcurrency.class, ""),
                code("ackMode = \"manuel\"", MistakenApplications.BadAckMode.class, ""),
                code("waitStrategy = \"back-of\"", MistakenApplications.BadWaitStrategy.class, ""),
                code("shutdownTimeout = \"10 seconds\"", MistakenApplications.BadTimeout.class, ""),
                code("errorHandler = \"nobody\"", MistakenApplications.BadErrorHandler.class, ""),
                code("containerFactory = \"nobody\"", MistakenApplications.BadFactory.class, ""),
                code("ackMode = \"manual\"", MistakenApplications.Manual.class, ""),
                code("void on(int order, Acknowledgment acknowledgment)", MistakenApplications.Acknowledging.class,
                        ""),
                code("void on(String order)", MistakenApplications.OtherType.class, ""),
                code("void on(Map<String, Object> order)", MistakenApplications.MapOfElements.class, ""),
                code("void on(List<String> orders)", MistakenApplications.ListOfTexts.class, ""),
                code("void on(int order, int another)", MistakenApplications.TwoElements.class, ""),
                code("void on(int order, @Header(\"priority\") int priority)",
                        MistakenApplications.UnknownHeader.class, ""),
                code("a listener", MistakenApplications.Listening.class, "orders.type: array"),
                code("two listeners", MistakenApplications.TwoListeners.class, "orders.type: ring"),
                code("a listener", MistakenApplications.Listening.class, "orders.type: ring").where(
                        "and the application has its reader already", directory -> {
                            Segment segment = segment(directory);
                            SharedRing.create(segment, "orders", Codecs.int32(), 16).reader();
                            return segment;
                        }),
                code("two listeners of one id", MistakenApplications.SameId.class, ""),
                code("a listener", MistakenApplications.Listening.class,
                        "orders.type: ring; listener.endpoints.order-log.concurrency: 2"),
                code("a listener", MistakenApplications.Listening.class,
                        "listener.endpoints.order-log.concurrency: two"),
                code("a listener", MistakenApplications.Listening.class,
                        "listener.endpoints.order-log.wait-strategy: back-of"),
                code("a listener", MistakenApplications.Listening.class,
                        "listener.endpoints.order-log.ack-mode: manuel"),
                code("a listener", MistakenApplications.Listening.class, "market.mode: read-only").where(
                        "and there is one", directory -> {
                            Segment segment = segment(directory);
                            SharedQueue.create(segment, "orders", Codecs.int32(), 16);
                            return segment;
                        }));
    }

    private static List<Mistake> definitions() {
        String absent = "orders.type: –; orders.element-type: –; orders.capacity: –; market.max-entries: 64";
        return List.of(code("@Autowired SharedQueue<Double> orders", MistakenDefinitions.WrongElement.class, ""),
                code("@Autowired SharedRing<Integer> orders", MistakenDefinitions.WrongKind.class, ""),
                code("named(\"market/orders\")", MistakenDefinitions.Orders.class, ""),
                code("named(\"market/orders\"), twice", MistakenDefinitions.Twice.class, absent),
                code("named(\"markte/orders\")", MistakenDefinitions.Misspelt.class, ""),
                code("named(\"jobs\")", MistakenDefinitions.Unplaced.class, "segments.other.max-entries: 64"),
                code("named(\"market/\")", MistakenDefinitions.Nameless.class, absent),
                code("type(\"queu\")", MistakenDefinitions.WrongType.class, absent),
                code("type(SharedQueue.class), and no capacity", MistakenDefinitions.NoCapacity.class, absent),
                code("elements(String.class)", MistakenDefinitions.Text.class, absent),
                code("option(\"overwrite\", true) of a queue", MistakenDefinitions.WrongOption.class, absent),
                code("@Bean StructureDefinition orders() beside @Autowired SharedQueue<Integer> orders",
                        MistakenDefinitions.OwnStructure.class, absent),
                code("SegmentDefinition.named(\"market\")", MistakenDefinitions.Market.class, ""));
    }

    private static List<Mistake> foreign() {
        String untyped = "orders.type: –; orders.element-type: –; orders.capacity: –; orders.mode: open";
        return List.of(code("nothing else", MistakenApplications.Nothing.class, untyped + "; market.mode: open"),
                code("nothing else", MistakenApplications.Nothing.class, untyped).where("and there is another one",
                        directory -> {
                            Segment segment = segment(directory);
                            SharedQueue.create(segment, "order", Codecs.int32(), 16);
                            return segment;
                        }),
                code("nothing else", MistakenApplications.Nothing.class, untyped).where(
                        "and its creator writes no catalogue", directory -> {
                            Segment segment = Segment.at(directory.resolve("market"))
                                    .size(1 << 16)
                                    .catalogue(false)
                                    .create();
                            SharedQueue.create(segment, "orders", Codecs.int32(), 16);
                            return segment;
                        }),
                code("nothing else", MistakenApplications.Nothing.class, untyped).where(
                        "and its elements are of a class that is not here", directory -> {
                            Segment segment = segment(directory);
                            SharedQueue.create(segment, "orders", Codecs.record(MistakenApplications.Order.class), 16);
                            Path catalogue = directory.resolve("market.zipc");
                            Files.writeString(catalogue, Files.readString(catalogue).replace(ORDER, "org.else.Deal"));
                            return segment;
                        }),
                code("@Autowired SharedQueue<Double> orders", MistakenDefinitions.WrongElement.class, untyped).where(
                        "and they are whole numbers", Mistakes::whole),
                code("void on(String order)", MistakenApplications.OtherType.class, untyped).where(
                        "and they are whole numbers", Mistakes::whole));
    }

    private static AutoCloseable whole(Path directory) {
        Segment segment = segment(directory);
        SharedQueue.create(segment, "orders", Codecs.int32(), 16);
        return segment;
    }

    private static List<Mistake> sending() {
        return List.of(
                code("a listener", MistakenApplications.Listening.class, "listener.failure-action: dead-letter"),
                code("a listener", MistakenApplications.Listening.class,
                        "listener.failure-action: dead-letter; listener.dead-letter.channel: market/faled"),
                code("a listener", MistakenApplications.Listening.class,
                        "listener.failure-action: dead-letter; listener.dead-letter.channel: market/failed;"
                                + " market.structures.failed.type: queue;"
                                + " market.structures.failed.element-type: float64;"
                                + " market.structures.failed.capacity: 16"),
                code("@SendTo(\"market/repies\")", MistakenApplications.ReplyToNobody.class, ""),
                properties("template.default-channel: market/oders"),
                properties("template.reply-channel: market/orders"),
                properties("template.reply-channel: market/replis"),
                code("template.send(7)", MistakenApplications.Nothing.class, "").then(
                        context -> context.getBean(ZeroIpcTemplate.class).send(7)),
                code("template.send(\"market/oders\", 7)", MistakenApplications.Nothing.class, "").then(
                        context -> context.getBean(ZeroIpcTemplate.class).send("market/oders", 7)),
                code("template.send(\"market/orders\", \"7\")", MistakenApplications.Nothing.class, "").then(
                        context -> context.getBean(ZeroIpcTemplate.class).send("market/orders", "7")),
                code("template.send(\"market/orders\", 7L)", MistakenApplications.Nothing.class, "").then(
                        context -> context.getBean(ZeroIpcTemplate.class).send("market/orders", 7L)));
    }

    private static List<Mistake> topics() {
        String topic = "orders.type: topic; orders.element-type: –";
        return List.of(properties("orders.type: topic"), properties("orders.type: topic; orders.element-type: –;"
                + " orders.capacity: –"),
                properties(topic + "; orders.options.chunk-size: 64kb"),
                properties(topic + "; orders.options.chunk-size: 1.5MB"),
                properties(topic + "; orders.options.chunk-size: -1"),
                properties(topic + "; orders.options.chunk-size: 4000TB"),
                properties(topic + "; orders.options.chunk: 64KB"),
                code("void on(int order)", MistakenApplications.Listening.class, topic),
                code("void on(Loan order)", MistakenApplications.OfLoans.class, topic),
                code("void on(List<MemorySegment> orders)", MistakenApplications.OfViews.class, topic),
                code("void on(Sample order)", MistakenApplications.OfSamples.class, ""),
                code("startPosition = \"earliest\"", MistakenApplications.FromTheBeginning.class, topic),
                code("void on(Sample order)", MistakenApplications.OfSamples.class,
                        topic + "; listener.endpoints.order-log.concurrency: 2"),
                code("void on(Sample order)", MistakenApplications.OfSamples.class, topic).where(
                        "and there are 32 subscribers", directory -> {
                            Segment segment = segment(directory);
                            SharedTopic orders = SharedTopic.create(segment, "orders", 16, 64);
                            for (int i = 0; i < SharedTopic.SUBSCRIBERS_MAX; i++) {
                                orders.subscribe();
                            }
                            return segment;
                        }),
                code("template.loan(\"market/orders\", 5000)", MistakenApplications.Nothing.class, topic).then(
                        context -> context.getBean(ZeroIpcTemplate.class).loan("market/orders", 5000)),
                code("template.loan(\"market/orders\", 16)", MistakenApplications.Nothing.class, "").then(
                        context -> context.getBean(ZeroIpcTemplate.class).loan("market/orders", 16)),
                code("template.loan(\"market/orders\", 16), 17 times and never closed",
                        MistakenApplications.Nothing.class,
                        topic).then(context -> {
                            for (int i = 0; i < 17; i++) {
                                context.getBean(ZeroIpcTemplate.class).loan("market/orders", 16);
                            }
                        }),
                code("template.receive(\"market/orders\", byte[].class)", MistakenApplications.Nothing.class, topic)
                        .then(context -> context.getBean(ZeroIpcTemplate.class)
                                .receive("market/orders", byte[].class)),
                code("sample.memory()", MistakenApplications.OfSamples.class, topic)
                        .where("when the listener has returned", _ -> () -> {})
                        .then(context -> {
                            context.getBean(ZeroIpcTemplate.class).send("market/orders", new byte[16]);
                            Sample kept = context.getBean(MistakenApplications.OfSamples.class).kept.take();
                            SharedTopic orders = context.getBean(SharedTopic.class);
                            await().until(() -> orders.occupancy().used() == 0);
                            kept.memory();
                        }));
    }

    private static Segment segment(Path directory) {
        return Segment.at(directory.resolve("market")).size(1 << 16).create();
    }
}
