package io.zeroipc.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentFullException;
import io.zeroipc.SegmentSizeMismatchException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.core.ZeroIpcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** What {@code docs/guide/deployment.md} says about instances and versions, row by row. */
class DeploymentTest {

    private static final String TRADES = "zeroipc.segments.market.structures.trades";

    /** What was there first. */
    record Trade(long id, int quantity, int venue) {}

    /** Of another size. */
    record LargerTrade(long id, int quantity, int venue, double price) {}

    /** Of the same size, with two fields in each other's place. */
    record SwappedTrade(long id, int venue, int quantity) {}

    @TempDir
    Path directory;

    private ApplicationContextRunner application(String type, Class<?> element, String... more) {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, TRADES + ".type=" + type,
                        TRADES + ".element-type=" + element.getName())
                .withPropertyValues(type.equals("state") ? new String[0] : new String[] {TRADES + ".capacity=16"})
                .withPropertyValues(more);
    }

    private static ContextConsumer<AssertableApplicationContext> failsWith(Class<? extends Throwable> type,
            Object... parts) {
        return context -> {
            assertThat(context).getFailure().rootCause().isInstanceOf(type);
            for (Object part : parts) {
                assertThat(context).getFailure().rootCause().hasMessageContaining(part.toString());
            }
        };
    }

    private static ContextConsumer<AssertableApplicationContext> starts() {
        return context -> assertThat(context).hasNotFailed();
    }

    @ParameterizedTest
    @CsvSource({"queue", "ring", "state", "channel", "stack", "array", "pool"})
    void shouldFailAndNameBothSizesWhenARecordHasAnotherSize(String type) {
        application(type, Trade.class).run(starts());
        application(type, LargerTrade.class).run(failsWith(StructureMismatchException.class, "16", "24"));
    }

    @Test
    void shouldFailAndNameTheFieldWhenFieldsOfARecordHaveChangedPlaces() {
        application("queue", Trade.class).run(starts());
        application("queue", SwappedTrade.class).run(failsWith(StructureMismatchException.class, "quantity"));
    }

    @Test
    void shouldNoticeNothingWhenFieldsHaveChangedPlacesAndThereIsNoCatalogue() {
        String catalogue = "zeroipc.segments.market.catalogue=false";
        application("queue", Trade.class, catalogue)
                .run(context -> context.getBean(ZeroIpcTemplate.class).send("market/trades", new Trade(1, 100, 7)));
        application("queue", SwappedTrade.class, catalogue).run(context -> assertThat(
                context.getBean(ZeroIpcTemplate.class).tryReceive("market/trades", SwappedTrade.class))
                .isEqualTo(new SwappedTrade(1, 100, 7)));
    }

    @Test
    void shouldFailAndNameBothWhenTheCapacityHasChanged() {
        application("queue", Trade.class).run(starts());
        application("queue", Trade.class, TRADES + ".capacity=32")
                .run(failsWith(StructureMismatchException.class, "16", "32"));
    }

    @Test
    void shouldFailWhenTheTypeHasChanged() {
        application("queue", Trade.class).run(starts());
        application("ring", Trade.class, "zeroipc.open-timeout=100ms").run(context -> assertThat(context).getFailure()
                .hasStackTraceContaining(StructureMismatchException.class.getName()));
    }

    @Test
    void shouldCreateAnAddedStructureWhenThereIsRoomAndNameTheLeastSizeOtherwise() {
        String added = "zeroipc.segments.market.structures.orders";
        application("queue", Trade.class).run(starts());
        application("queue", Trade.class, added + ".type=queue", added + ".element-type=int32", added + ".capacity=4")
                .run(context -> assertThat(context).hasBean("market.orders"));
        application("queue", Trade.class, added + ".name=more", added + ".type=queue", added + ".element-type=int64",
                added + ".capacity=4096").run(failsWith(SegmentFullException.class, "expected: a segment of at least"));
    }

    @Test
    void shouldKeepARemovedStructureAsUnmanaged() {
        application("queue", Trade.class).run(starts());
        application("queue", Trade.class, TRADES + ".enabled=false")
                .run(context -> assertThat(Inspector.report(context.getBean(Segment.class)).structures())
                        .containsOnlyKeys("trades"));
    }

    @Test
    void shouldFailWhenTheSizeHasChangedUnlessToldOtherwise() {
        String size = "zeroipc.segments.market.size";
        application("queue", Trade.class, size + "=1MB").run(starts());
        application("queue", Trade.class, size + "=2MB")
                .run(failsWith(SegmentSizeMismatchException.class, 1 << 20, 2 << 20));
        application("queue", Trade.class, size + "=2MB", "zeroipc.segments.market.strict-size=false")
                .run(context -> assertThat(context.getBean(Segment.class).byteSize()).isEqualTo(1 << 20));
        application("queue", Trade.class)
                .run(context -> assertThat(context.getBean(Segment.class).byteSize()).isEqualTo(1 << 20));
    }

    @Test
    void shouldRunSideBySideWhenTheChangedStructureHasANewName() {
        String size = "zeroipc.segments.market.size=64KB";
        application("queue", Trade.class, size)
                .run(old -> application("queue", LargerTrade.class, size, TRADES + ".name=trades-v2").run(recent -> {
                    assertThat(recent).hasNotFailed();
                    old.getBean(ZeroIpcTemplate.class).send("market/trades", new Trade(1, 2, 3));
                    recent.getBean(ZeroIpcTemplate.class).send("market/trades", new LargerTrade(1, 2, 3, 4));
                    assertThat(old.getBean(Segment.class).entries()).extracting("name")
                            .containsExactly("trades", "trades-v2");
                }));
    }

    @Test
    void shouldLeaveTheOldBytesToTheOthersUntilTheyNoticeWhenRecreated() {
        application("queue", Trade.class).run(old -> {
            SharedQueue<?> trades = old.getBean("market.trades", SharedQueue.class);
            application("queue", LargerTrade.class, "zeroipc.segments.market.mode=recreate").run(starts());
            assertThat(trades.poll()).isNull();
            // The template looks at the file once a millisecond.
            await().atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThatExceptionOfType(
                            SegmentDetachedException.class).isThrownBy(
                                    () -> old.getBean(ZeroIpcTemplate.class)
                                            .trySend("market/trades", new Trade(4, 5, 6))));
            assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(trades::poll);
        });
    }

    @Test
    void shouldHaveOneWriterWhenTwoInstancesShareAState() {
        application("state", Trade.class).run(first -> application("state", Trade.class).run(second -> {
            first.getBean(ZeroIpcTemplate.class).send("market/trades", new Trade(1, 2, 3));
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(
                    () -> second.getBean(ZeroIpcTemplate.class).send("market/trades", new Trade(4, 5, 6)));
        }));
    }

    @Test
    void shouldBeForItsOwnerAloneAndAsLargeAsItsStructuresNeedWhenNothingIsSaid() {
        application("queue", Trade.class).run(context -> {
            Path file = directory.resolve("market");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            assertThat(sizeOf(file)).isEqualTo(4096);
        });
    }

    @Test
    void shouldTakeTheDirectoryFromTheEnvironmentAsThePageWritesIt() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource("systemEnvironment",
                        Map.of("ZEROIPC_BASEDIRECTORY", "/ipc")));

        assertThat(Binder.get(environment).bind("zeroipc.base-directory", Path.class).get())
                .isEqualTo(Path.of("/ipc"));
    }

    private static long sizeOf(Path file) throws IOException {
        return Files.size(file);
    }
}
