package io.zeroipc.spring.boot.health;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StartupFailurePolicy;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StuckStructure;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SegmentHealthIndicatorTests {

    private static final long SIZE = 1 << 16;

    @TempDir
    private Path directory;
    private DefaultSegmentRegistry registry;

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    @Test
    void healthWhenOpenIsUpWithSizes() {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        Segment segment = registry.get("market");
        Health health = health(HealthThresholds.NONE);
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsExactlyInAnyOrderEntriesOf(Map.of("path", path().toString(), "size",
                SIZE, "used", segment.occupancy().used(), "usage", segment.occupancy().usage(), "entries", 0L));
    }

    @Test
    @Tag("process")
    void healthWhenAHolderHasDiedIsDownUntilSomebodyRepairs() throws Exception {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        SharedMutex mutex = SharedMutex.create(registry.get("market"), "lock");
        try (PeerProcess holder = PeerProcess.of(LockHolder.class).withArguments(path()).start()) {
            holder.await("locked");
            assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.UP);
            holder.kill();
        }
        await().until(mutex::isOwnerDead);
        Health health = health(HealthThresholds.NONE);
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails().get("reason")).asString().contains("died while it held lock");
        mutex.repair(() -> assertThat(mutex.isLocked()).isTrue());
        assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void healthWhenNotOpenIsDown() {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        Health health = health(HealthThresholds.NONE);
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("path", path().toString()).containsEntry("reason", "not open");
        assertThat(path()).doesNotExist();
    }

    @Test
    void healthWhenFileIsRemovedIsDown() throws Exception {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        registry.get("market");
        Files.delete(path());
        Health health = health(HealthThresholds.NONE);
        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails().get("error")).asString().contains("SegmentDetachedException");
    }

    @Test
    void healthWhenFileIsTruncatedIsDown() throws Exception {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        registry.get("market");
        try (FileChannel file = FileChannel.open(path(), StandardOpenOption.WRITE)) {
            file.truncate(0);
        }
        assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void healthWhenReplacedFileIsAwaitedSaysSoByPolicy() throws Exception {
        for (StartupFailurePolicy policy : StartupFailurePolicy.values()) {
            define(policy, OnReplaced.REATTACH, true);
            registry.get("market");
            Files.delete(path());
            assertThat(health(HealthThresholds.NONE).getStatus()).as(policy.name()).isEqualTo(switch (policy) {
                case STOP -> Status.DOWN;
                case RETRY -> Status.OUT_OF_SERVICE;
                case CONTINUE -> Status.UNKNOWN;
            });
            registry.close();
        }
    }

    @Test
    void healthWhenReplacedFileIsThereAttachesToIt() throws Exception {
        define(StartupFailurePolicy.STOP, OnReplaced.REATTACH, true);
        Segment before = registry.get("market");
        Files.delete(path());
        try (Segment peer = Segment.at(path()).size(2 * SIZE).create()) {
            assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.UP);
            assertThat(registry.find("market")).get().isNotSameAs(before);
            assertThat(health(HealthThresholds.NONE).getDetails()).containsEntry("size", peer.byteSize());
        }
    }

    @Test
    void healthWhenSegmentComesLaterIsUnknownAndThenUp() {
        define(StartupFailurePolicy.CONTINUE, OnReplaced.FAIL, false);
        assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.UNKNOWN);
        try (Segment peer = Segment.at(path()).size(SIZE).create()) {
            assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.UP);
            assertThat(peer.isCreated()).isTrue();
        }
    }

    @Test
    void healthWhenUsageReachesThresholdIsDown() {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        double usage = registry.get("market").occupancy().usage();
        assertThat(health(new HealthThresholds(usage, null)).getStatus()).isEqualTo(Status.DOWN);
        assertThat(health(new HealthThresholds(Math.nextUp(usage), null)).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    @SuppressWarnings("unchecked")
    void healthWhenNobodyGetsPastAClaimIsDown() {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        SharedQueue<Integer> queue = (SharedQueue<Integer>) registry.structure(new ChannelName("market", "orders"));
        long claim = queue.tryClaim();
        queue.offer(2);
        assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.UP);
        await().untilAsserted(() -> assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.DOWN));
        assertThat(health(HealthThresholds.NONE).getDetails().get("reason")).asString()
                .startsWith("market/orders is stuck since ")
                .endsWith(": position 0 is claimed and not published");
        assertThat(registry.stuck()).singleElement()
                .extracting(StuckStructure::stall)
                .isEqualTo(new Stall(0, Stall.Side.CLAIMED_AND_NOT_PUBLISHED));
        queue.publish(claim);
        await().untilAsserted(() -> assertThat(health(HealthThresholds.NONE).getStatus()).isEqualTo(Status.UP));
    }

    @Test
    @SuppressWarnings("unchecked")
    void healthWhenStructureReachesThresholdIsDown() {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        SharedQueue<Integer> queue = (SharedQueue<Integer>) registry.structure(new ChannelName("market", "orders"));
        HealthThresholds half = new HealthThresholds(null, 0.5);
        queue.offer(1);
        assertThat(health(half).getStatus()).isEqualTo(Status.UP);
        queue.offer(2);
        assertThat(health(half).getStatus()).isEqualTo(Status.DOWN);
        assertThat(health(half).getDetails().get("reason")).asString().contains("orders");
    }

    @Test
    void contributorWhenSegmentsComeAndGoHasTheirComponents() {
        define(StartupFailurePolicy.STOP, OnReplaced.FAIL, true);
        SegmentsHealthContributor contributor = new SegmentsHealthContributor(registry, Map.of(),
                HealthThresholds.NONE);
        assertThat(contributor.stream()).extracting(HealthContributors.Entry::name).containsExactly("market");
        try (Segment own = Segment.at(directory.resolve("own")).size(SIZE).create()) {
            registry.register("own", own);
            assertThat(contributor.stream()).extracting(HealthContributors.Entry::name)
                    .containsExactly("market", "own");
            assertThat(((HealthIndicator) contributor.getContributor("own")).health().getStatus()).isEqualTo(Status.UP);
            registry.remove("own");
        }
        assertThat(contributor.getContributor("own")).isNull();
    }

    private Path path() {
        return directory.resolve("market");
    }

    private void define(StartupFailurePolicy policy, OnReplaced onReplaced, boolean create) {
        registry = new DefaultSegmentRegistry(List.of(SegmentDefinition.named("market")
                .structure(StructureDefinition.of("orders", SharedQueue.spec(Codecs.int32(), 4), Codecs.int32()))
                .startupFailurePolicy(policy)
                .onReplaced(onReplaced)
                .reopenWith(() -> Segment.at(path()).open())
                .openedBy(() -> create ? Segment.at(path()).size(SIZE).openOrCreate() : Segment.at(path()).open())),
                null);
    }

    private Health health(HealthThresholds thresholds) {
        return new SegmentHealthIndicator(registry, "market", path(), thresholds).health(true);
    }
}
