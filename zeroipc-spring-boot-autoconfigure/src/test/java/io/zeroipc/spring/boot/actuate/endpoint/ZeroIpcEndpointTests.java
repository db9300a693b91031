package io.zeroipc.spring.boot.actuate.endpoint;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Scale;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.export.Language;
import io.zeroipc.inspect.Trust;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.segment.HugePages;
import io.zeroipc.segment.Paging;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;
import io.zeroipc.spring.boot.Trade;
import io.zeroipc.spring.boot.actuate.endpoint.PreviewDescriptor.ElementDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.EntriesDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.SegmentDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.SegmentsDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.SizeDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.StructureDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.StuckDescriptor;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;
import io.zeroipc.sync.SharedMutex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class ZeroIpcEndpointTests {

    private static final long SIZE = 1 << 16;

    @TempDir
    private Path directory;
    private Path path;
    private DefaultSegmentRegistry registry;
    private ZeroIpcEndpoint endpoint;

    @BeforeEach
    void createEndpoint() {
        path = directory.resolve("market");
        registry = new DefaultSegmentRegistry(List.of(SegmentDefinition.named("market")
                .structure(new StructureDefinition("trades", "trades_v2", StructureMode.OPEN_OR_CREATE,
                        SharedQueue.spec(Codecs.record(Trade.class), 16), Codecs.record(Trade.class)))
                .openedBy(() -> Segment.at(path).label("market").size(SIZE).openOrCreate())), null);
        endpoint = new ZeroIpcEndpoint(registry, Map.of("market",
                new DeclaredSegmentInfo(path, "OPEN_OR_CREATE", "marketSegment", Map.of("trades", "market.trades"))),
                List.of(), Show.NEVER);
    }

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    @Test
    void segmentsWhenNotOpenTellWhereTheyWouldBe() {
        SegmentDescriptor market = endpoint.segments().segments().get("market");
        assertThat(market.state()).isEqualTo(SegmentState.NOT_OPEN);
        assertThat(market.path()).isEqualTo(path.toString());
        assertThat(market.structures()).isEmpty();
        assertThat(market.size()).isNull();
        assertThat(path).doesNotExist();
    }

    @Test
    void segmentWhenSomethingIsAskedOfItsPagesTellsWhatWasGranted() {
        registry.define(SegmentDefinition.named("touched")
                .openedBy(() -> Segment.at(directory.resolve("touched")).size(SIZE).preTouch(true).openOrCreate()));
        registry.get("touched");
        trades();
        assertThat(endpoint.segment("touched")).extracting(SegmentDescriptor::paging)
                .isEqualTo(new Paging(HugePages.NEVER, 0, -1, true, ""));
        assertThat(endpoint.segment("market")).extracting(SegmentDescriptor::paging).isNull();
    }

    @Test
    void segmentsWhenOpenTellSizeEntriesAndStructures() {
        SharedQueue<Trade> trades = trades();
        trades.offer(new Trade("A", 1, 1));
        trades.offer(new Trade("B", 2, 2));
        SegmentDescriptor market = endpoint.segments().segments().get("market");
        Segment segment = registry.get("market");
        long used = segment.occupancy().used();
        assertThat(market.state()).isEqualTo(SegmentState.OPEN);
        assertThat(market.mode()).isEqualTo("OPEN_OR_CREATE");
        assertThat(market.bean()).isEqualTo("marketSegment");
        assertThat(market.created()).isTrue();
        assertThat(market.readOnly()).isFalse();
        assertThat(market.formatVersion()).isEqualTo(2);
        assertThat(market.size()).isEqualTo(new SizeDescriptor(SIZE, used, SIZE - used, (double) used / SIZE));
        assertThat(market.entries()).isEqualTo(new EntriesDescriptor(1, 64));
        assertThat(market.unmanaged()).isEmpty();
        StructureDescriptor queue = market.structures().get("trades_v2");
        assertThat(queue.type()).isEqualTo("queue");
        assertThat(queue.trust()).isEqualTo(Trust.DECLARED);
        assertThat(queue.elementType()).isEqualTo(Trade.class.getName());
        assertThat(queue.elementSize()).isEqualTo(24);
        assertThat(queue.capacity()).isEqualTo(16);
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.usage()).isEqualTo(0.125);
        assertThat(queue.channel()).isEqualTo("market/trades");
        assertThat(queue.bean()).isEqualTo("market.trades");
        assertThat(queue.managed()).isTrue();
        assertThat(queue.bytes()).isPositive();
        assertThat(queue.details()).isNull();
    }

    @Test
    void segmentTellsWhoTakesPartAndWhatTheyHaveInHand() {
        SharedQueue<Trade> trades = trades();
        long claim = trades.tryClaim();
        RecoveryDescriptor recovery = endpoint.segment("market").recovery();
        assertThat(recovery.participation()).isEqualTo("on");
        assertThat(recovery.deaths()).isEmpty();
        assertThat(recovery.mended()).isEmpty();
        assertThat(recovery.participants()).singleElement().satisfies(self -> {
            assertThat(self.self()).isTrue();
            assertThat(self.dead()).isFalse();
            assertThat(self.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(self.claims()).singleElement().satisfies(held -> {
                assertThat(held.structure()).isEqualTo("trades_v2");
                assertThat(held.kind()).isEqualTo("writing");
                assertThat(held.position()).isZero();
                assertThat(held.count()).isEqualTo(1);
                assertThat(held.thread()).isNotNull();
            });
        });
        trades.publish(claim);
        assertThat(endpoint.segment("market").recovery().participants().getFirst().claims()).isEmpty();
    }

    @Test
    void repairSkipsThePositionOfAForeignProgramAndNoOther() {
        SharedQueue<Trade> trades = trades();
        try (Segment foreign = Segment.at(path).recovery(false).open()) {
            SharedQueue<Trade> theirs = SharedQueue.open(foreign, "trades_v2", Codecs.record(Trade.class));
            long claim = theirs.tryClaim();
            trades.offer(new Trade("B", 2, 2));
            assertRefused(() -> endpoint.repair("market", "trades", "skip", null), "position is missing");
            assertRefused(() -> endpoint.repair("market", "trades", "skip", 1L), "now=position 0 is claimed");
            assertThat(endpoint.repair("market", "trades", "skip", 0L)).isNotNull();
            assertThat(trades.poll()).isEqualTo(new Trade("B", 2, 2));
            assertRefused(() -> endpoint.repair("market", "trades", "skip", 0L), "now=not stuck");
            assertThat(claim).isNotEqualTo(SharedQueue.NO_CLAIM);
        }
    }

    @Test
    void repairRefusesWhatALiveParticipantHas() {
        SharedQueue<Trade> trades = trades();
        long claim = trades.tryClaim();
        assertRefused(() -> endpoint.repair("market", "trades_v2", "skip", 0L), "may be a live participant's");
        trades.publish(claim);
        assertThat(trades.poll()).isNotNull();
    }

    @Test
    void repairUnlocksAMutexOfAForeignProgram() {
        trades();
        SharedMutex mutex = SharedMutex.create(registry.get("market"), "lock");
        try (Segment foreign = Segment.at(path).recovery(false).open()) {
            assertThat(SharedMutex.open(foreign, "lock").tryLock()).isTrue();
            assertThat(endpoint.repair("market", "lock", "unlock", null)).isNotNull();
            assertThat(mutex.isLocked()).isFalse();
            assertRefused(() -> endpoint.repair("market", "lock", "unlock", null), "mutex is not locked");
        }
        assertRefused(() -> endpoint.repair("market", "trades", "unlock", null), "expected: a mutex");
        assertRefused(() -> endpoint.repair("market", "trades", "burn", null), "expected: skip or unlock");
        assertThat(endpoint.repair("market", "none", "unlock", null)).isNull();
        assertThat(endpoint.repair("none", "lock", "unlock", null)).isNull();
    }

    private static void assertRefused(ThrowingCallable call, String reason) {
        assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(call).withMessageContaining(reason);
    }

    @Test
    void structureWhenNobodyGetsPastAPositionIsStuck() {
        SharedQueue<Trade> trades = trades();
        long claim = trades.tryClaim();
        trades.offer(new Trade("B", 2, 2));
        Supplier<StuckDescriptor> stuck = () -> endpoint.segment("market").structures().get("trades_v2").stuck();
        assertThat(stuck.get()).isNull();
        await().untilAsserted(() -> assertThat(stuck.get()).isNotNull());
        assertThat(stuck.get().position()).isZero();
        assertThat(stuck.get().side()).isEqualTo(Stall.Side.CLAIMED_AND_NOT_PUBLISHED);
        trades.publish(claim);
        await().untilAsserted(() -> assertThat(stuck.get()).isNull());
    }

    @Test
    void segmentWhenPeersPutStructuresThereListsThemAsUnmanaged() {
        trades();
        // As a peer that writes no catalogue, which is every peer in another language.
        try (Segment peer = Segment.at(path).catalogue(false).open()) {
            SharedQueue.create(peer, "theirs", Codecs.int64(), 8);
        }
        SegmentDescriptor market = endpoint.segment("market");
        assertThat(market).isNotNull();
        assertThat(market.unmanaged()).containsExactly("theirs");
        assertThat(market.structures().get("theirs").managed()).isFalse();
        assertThat(market.structures().get("theirs").channel()).isNull();
        assertThat(market.structures().get("theirs").trust()).isNotEqualTo(Trust.DECLARED);
    }

    @Test
    void segmentWhenPeersSayWhatTheirStructuresAreListsThemAsUnmanagedAllTheSame() {
        trades();
        try (Segment peer = Segment.at(path).open()) {
            SharedQueue.create(peer, "theirs", Codecs.int64(), 8);
        }
        SegmentDescriptor market = endpoint.segment("market");
        assertThat(market).isNotNull();
        assertThat(market.unmanaged()).contains("theirs").doesNotContain("trades_v2");
        assertThat(market.structures().get("theirs").trust()).isEqualTo(Trust.DECLARED);
        assertThat(market.structures().get("theirs").managed()).isFalse();
        SharedQueue.open(registry.get("market"), "theirs", Codecs.int64());
        assertThat(endpoint.segment("market").structures().get("theirs").managed()).isTrue();
    }

    @Test
    void structureWhenAskedByEitherNameTellsDetails() {
        trades();
        StructureDescriptor byEntry = endpoint.structure("market", "trades_v2", null);
        StructureDescriptor byKey = endpoint.structure("market", "trades", null);
        assertThat(byEntry).isNotNull();
        assertThat(byEntry.details()).isNotNull();
        assertThat(byKey).isEqualTo(byEntry);
    }

    @Test
    void previewWhenEverybodyMaySeeItShowsElementsAndTakesNone() {
        SharedQueue<Trade> trades = trades();
        trades.offer(new Trade("ACME", 1, 2.5));
        trades.offer(new Trade("XYZ", 2, 3.5));
        StructureDescriptor shown = endpoint.structure("market", "trades", 1, true);
        assertThat(shown).isNotNull();
        assertThat(shown.preview()).isEqualTo(new PreviewDescriptor(2, List.of(new ElementDescriptor(0,
                Map.of("symbol", "ACME", "quantity", 1L, "price", 2.5))), null));
        assertThat(endpoint.structure("market", "trades", 5, true).preview().elements()).hasSize(2);
        assertThat(endpoint.structure("market", "trades", null, true).preview()).isNull();
        assertThat(trades.poll()).isEqualTo(new Trade("ACME", 1, 2.5));
        assertThat(trades.poll()).isEqualTo(new Trade("XYZ", 2, 3.5));
    }

    record Settlement(UUID id, Instant at, Duration took, @Scale(2) BigDecimal amount, @Absent LocalDate due,
            @Absent(Absent.By.FLAG) Integer venue) {}

    @Test
    void previewWhenElementsHaveTimesShowsThemAsTextAndWhatIsAbsentAsNull() {
        SharedQueue<Settlement> settlements = SharedQueue.create(registry.get("market"), "settlements",
                Codecs.record(Settlement.class), 4);
        settlements.offer(new Settlement(new UUID(1, 2), Instant.EPOCH, Duration.ofMillis(1500), new BigDecimal("1.5"),
                null, null));
        StructureDescriptor shown = endpoint.structure("market", "settlements", 1, true);
        assertThat(shown).isNotNull();
        Map<String, Object> expected = new HashMap<>(Map.of("id", "00000000-0000-0001-0000-000000000002", "at",
                "1970-01-01T00:00:00Z", "took", "PT1.5S", "amount", new BigDecimal("1.50")));
        expected.put("due", null);
        expected.put("venue", null);
        assertThat(shown.preview())
                .isEqualTo(new PreviewDescriptor(1, List.of(new ElementDescriptor(0, expected)), null));
    }

    @Test
    void previewWhenValuesAreNotShownIsAbsent() {
        trades().offer(new Trade("ACME", 1, 2.5));
        assertThat(endpoint.structure("market", "trades", 1).preview()).isNull();
        SecurityContext operator = new SecurityContext() {
            @Override
            public Principal getPrincipal() {
                return () -> "operator";
            }

            @Override
            public boolean isUserInRole(String role) {
                return role.equals("OPERATOR");
            }
        };
        assertThat(preview(Show.NEVER, Set.of(), operator)).isNull();
        assertThat(preview(Show.WHEN_AUTHORIZED, Set.of("OPERATOR"), SecurityContext.NONE)).isNull();
        assertThat(preview(Show.WHEN_AUTHORIZED, Set.of("ADMIN"), operator)).isNull();
        assertThat(preview(Show.WHEN_AUTHORIZED, Set.of("OPERATOR"), operator)).isNotNull();
        assertThat(preview(Show.ALWAYS, Set.of(), SecurityContext.NONE)).isNotNull();
    }

    private @Nullable PreviewDescriptor preview(Show show, Set<String> roles, SecurityContext caller) {
        Object structure = new ZeroIpcEndpointWebExtension(endpoint, show, roles)
                .structure(caller, "market", "trades", 1)
                .getBody();
        assertThat(structure).isInstanceOf(StructureDescriptor.class);
        return ((StructureDescriptor) structure).preview();
    }

    @Test
    void previewWhenNumberIsNegativeIsRefusedWithTheReason() {
        WebEndpointResponse<?> refused = new ZeroIpcEndpointWebExtension(endpoint, Show.ALWAYS, Set.of())
                .structure(SecurityContext.NONE, "market", "trades", -1);
        assertThat(refused.getStatus()).isEqualTo(WebEndpointResponse.STATUS_BAD_REQUEST);
        assertThat(String.valueOf(refused.getBody())).contains("number of elements is negative: preview=-1");
    }

    @Test
    void previewWhenSanitizedIsHidden() {
        trades().offer(new Trade("ACME", 1, 2.5));
        ZeroIpcEndpoint hiding = new ZeroIpcEndpoint(registry, Map.of(),
                List.of(data -> data.getKey().endsWith(".trades_v2.elements") ? data.withSanitizedValue() : data),
                Show.ALWAYS);
        assertThat(hiding.structure("market", "trades", 1).preview().elements())
                .containsExactly(new ElementDescriptor(0, "******"));
    }

    @Test
    void previewWhenElementsAreOfUnknownTypeShowsTheirBytes() {
        trades();
        try (Segment peer = Segment.at(path).catalogue(false).open()) {
            SharedQueue.create(peer, "theirs", Codecs.int32(), 4).offer(0x01020304);
            SharedArray.create(peer, "history", Codecs.record(Trade.class), 2);
        }
        assertThat(endpoint.structure("market", "theirs", 1, true).preview().elements())
                .containsExactly(new ElementDescriptor(0, "04030201"));
    }

    @Test
    void previewWhenElementsCanBeTornSaysSo() {
        trades();
        try (Segment peer = Segment.at(path).open()) {
            SharedArray.create(peer, "history", Codecs.record(Trade.class), 2);
            SharedArray.create(peer, "counts", Codecs.int64(), 2);
        }
        assertThat(endpoint.structure("market", "history", 1, true).preview().mayBeTorn()).isTrue();
        assertThat(endpoint.structure("market", "counts", 1, true).preview().mayBeTorn()).isNull();
    }

    @Test
    void previewWhenNumberIsNegativeIsRefused() {
        assertThatExceptionOfType(InvalidEndpointRequestException.class)
                .isThrownBy(() -> endpoint.structure("market", "trades", -1))
                .withMessage("number of elements is negative: preview=-1 (expected: 0 to 1000)");
    }

    @Test
    void operationsWhenNamesAreUnknownReturnNull() {
        trades();
        assertThat(endpoint.segment("nothing")).isNull();
        assertThat(endpoint.structure("nothing", "trades", null)).isNull();
        assertThat(endpoint.structure("market", "nothing", null)).isNull();
    }

    @Test
    void segmentWhenFileIsReplacedIsDetached() throws Exception {
        trades();
        Files.delete(path);
        SegmentDescriptor market = endpoint.segment("market");
        assertThat(market).isNotNull();
        assertThat(market.state()).isEqualTo(SegmentState.DETACHED);
        assertThat(market.structures()).isEmpty();
        assertThat(endpoint.structure("market", "trades", null)).isNull();
    }

    @Test
    void segmentWhenOpenedInCodeIsShownWithoutMode() {
        try (Segment own = Segment.at(directory.resolve("own")).size(SIZE).create()) {
            registry.register("own", own);
            SegmentDescriptor descriptor = endpoint.segment("own");
            assertThat(descriptor).isNotNull();
            assertThat(descriptor.state()).isEqualTo(SegmentState.OPEN);
            assertThat(descriptor.mode()).isNull();
            assertThat(descriptor.bean()).isNull();
        }
    }

    @Test
    void pathWhenSanitizedIsHidden() {
        ZeroIpcEndpoint hiding = new ZeroIpcEndpoint(registry,
                Map.of("market", new DeclaredSegmentInfo(path, "OPEN", "marketSegment", Map.of())),
                List.of(data -> data.getKey().endsWith(".path") ? data.withSanitizedValue() : data), Show.NEVER);
        SegmentDescriptor market = hiding.segment("market");
        assertThat(market).isNotNull();
        assertThat(market.path()).isEqualTo("******");
        registry.get("market");
        assertThat(hiding.manifest("market")).contains("\"file\": \"******\"").doesNotContain(path.toString());
    }

    @Test
    void manifestWhenSegmentIsOpenIsWhatPropertyAndToolWrite() throws IOException {
        trades();
        Path written = Files.createDirectory(directory.resolve("elsewhere")).resolve("market.json");
        Manifest.write(registry.get("market"), written);
        assertThat(endpoint.manifest("market")).isEqualTo(Files.readString(written))
                .contains("\"trades_v2\"", Trade.class.getName());
        assertThat(endpoint.segment("market", SegmentView.MANIFEST)).isEqualTo(endpoint.manifest("market"));
        assertThat(endpoint.segment("market", SegmentView.SUMMARY)).isEqualTo(endpoint.segment("market"))
                .isEqualTo(endpoint.segment("market", null));
    }

    @Test
    void manifestWhenSegmentIsNotOpenIsNull() throws IOException {
        assertThat(endpoint.manifest("nothing")).isNull();
        assertThat(endpoint.manifest("market")).isNull();
        assertThat(path).doesNotExist();
        trades();
        Files.delete(path);
        assertThat(endpoint.manifest("market")).isNull();
    }

    @Test
    void webExtensionWhenNamesAreUnknownAnswers404() {
        trades();
        ZeroIpcEndpointWebExtension web = new ZeroIpcEndpointWebExtension(endpoint, Show.NEVER, Set.of());
        assertThat(web.segment("market", null).getStatus()).isEqualTo(200);
        assertThat(web.segment("market", SegmentView.MANIFEST).getBody())
                .isEqualTo(endpoint.manifest("market").getBytes(StandardCharsets.UTF_8));
        assertThat(web.structure(SecurityContext.NONE, "market", "trades", null).getStatus()).isEqualTo(200);
        assertThat(web.segment("nothing", null).getStatus()).isEqualTo(404);
        assertThat(web.segment("nothing", SegmentView.MANIFEST).getStatus()).isEqualTo(404);
        for (SegmentView view : SegmentView.values()) {
            if (view.language() != null) {
                assertThat(web.segment("market", view).getBody())
                        .isEqualTo(Objects.requireNonNull(endpoint.types("market", view.language()))
                                .getBytes(StandardCharsets.UTF_8));
                assertThat(endpoint.segment("market", view)).asString().contains("trades_v2: queue of ");
                assertThat(web.segment("nothing", view).getStatus()).isEqualTo(404);
                assertThat(web.segments(view).getStatus()).isEqualTo(400);
            }
        }
        assertThat(Stream.of(SegmentView.values()).map(SegmentView::language).filter(Objects::nonNull))
                .containsExactly(Language.values());
        assertThat(web.structure(SecurityContext.NONE, "market", "nothing", null).getStatus()).isEqualTo(404);
    }

    @Test
    void hintsWhenRegisteredCoverTheResponses() {
        RuntimeHints hints = new RuntimeHints();
        new ZeroIpcEndpointWebExtension.Hints().registerHints(hints, getClass().getClassLoader());
        for (Class<?> type : List.of(SegmentsDescriptor.class, SegmentDescriptor.class, StructureDescriptor.class,
                SizeDescriptor.class, EntriesDescriptor.class, PreviewDescriptor.class, ElementDescriptor.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type)).as(type.getName()).accepts(hints);
        }
    }

    @SuppressWarnings("unchecked")
    private SharedQueue<Trade> trades() {
        return (SharedQueue<Trade>) registry.structure(new ChannelName("market", "trades"));
    }
}
