package io.zeroipc.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockEnvironment;

import io.zeroipc.Shape;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.manifest.PackedArray;
import io.zeroipc.spring.boot.actuate.endpoint.ArenaDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint;
import io.zeroipc.spring.boot.autoconfigure.health.ZeroIpcHealthContributorAutoConfiguration;
import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.event.ArenaChangedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** Packed arenas by configuration: manifests that others wrote, and those that are made here. */
class ArenaBeansTests {

    private static final String ARENA = "zeroipc.arenas.weather.";
    private static final String GRID = "{\"grid\": {\"offset\": 0, \"shape\": [2, 3], \"dtype\": \"float64\"},"
            + " \"hits\": {\"offset\": 48, \"shape\": [4], \"dtype\": \"int32\"}}";

    record Point(double x, int tag) {}

    @TempDir
    private Path directory;

    private Path manifest;

    @BeforeEach
    void nameManifest() {
        manifest = directory.resolve("weather.json");
    }

    private void makeArena() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putDouble(40, 5.5);
        Files.write(directory.resolve("weather.bin"), bytes.array());
        write(GRID);
    }

    private void write(String text) throws IOException {
        Path fresh = Files.writeString(directory.resolve("fresh"), text);
        Files.move(fresh, manifest, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private ApplicationContextRunner runner(String... properties) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class,
                        ZeroIpcHealthContributorAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, ARENA + "manifest=" + manifest)
                .withPropertyValues(Stream.of(properties)
                        .map(property -> property.startsWith("zeroipc.") ? property : ARENA + property)
                        .toArray(String[]::new));
    }

    @Test
    void arenaWhenSomebodyElseWroteItIsABeanAndSoAreItsArrays() throws IOException {
        makeArena();
        runner().withUserConfiguration(Reader.class).run(context -> {
            assertThat(context).hasNotFailed();
            Reader reader = context.getBean(Reader.class);
            assertThat(reader.grid.at(1, 2)).isEqualTo(5.5);
            assertThat(reader.hits.shape()).isEqualTo(Shape.of(4));
            assertThat(context.getBean("weatherArena")).isInstanceOf(PackedArena.class);
            assertThat(context.getBean("weather.grid")).isInstanceOf(PackedArray.class);
            assertThat(context.getBeanNamesForType(
                    ResolvableType.forClassWithGenerics(PackedArray.class, Integer.class)))
                    .containsExactly("weather.hits");
            reader.grid.set(0, -1.5);
        });
        assertThat(ByteBuffer.wrap(Files.readAllBytes(directory.resolve("weather.bin")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getDouble(0)).isEqualTo(-1.5);
    }

    @Test
    void arenaWhenItIsToBeCreatedIsMadeOfItsArrays() throws IOException {
        String[] properties = {"mode=open-or-create", "permissions=0640", "arrays.grid.element-type=float64",
                "arrays.grid.shape=100, 50", "arrays.points.element-type=" + Point.class.getName(),
                "arrays.points.shape=3"};
        runner(properties).withUserConfiguration(Writer.class).run(context -> {
            assertThat(context).hasNotFailed();
            Writer writer = context.getBean(Writer.class);
            writer.grid.setDouble(writer.grid.index(99, 49), 2.5);
            writer.points.set(2, new Point(1.5, 7));
        });
        assertThat(Files.exists(directory.resolve("weather.bin"))).isTrue();
        runner(properties).withUserConfiguration(Writer.class)
                .run(context -> assertThat(context.getBean(Writer.class).grid.at(99, 49)).isEqualTo(2.5));
        // Without a word about the arrays: the manifest names the record, which is here.
        runner().withUserConfiguration(Writer.class)
                .run(context -> assertThat(context.getBean(Writer.class).points.get(2)).isEqualTo(new Point(1.5, 7)));
    }

    @Test
    void arenaWhenItsManifestChangesIsReadAgainAndTold() throws IOException {
        makeArena();
        runner("watch-interval=10ms").withUserConfiguration(Reader.class).run(context -> {
            Reader reader = context.getBean(Reader.class);
            write(GRID.replace("\"offset\": 0", "\"offset\": 0, \"units\": \"K\"").replace("[4]", "[2]"));
            assertThat(reader.changes.poll(1, TimeUnit.MINUTES)).isEqualTo("weather");
            assertThat(reader.hits.isCurrent()).isFalse();
            assertThat(reader.newest.getObject().shape()).isEqualTo(Shape.of(2));

            write("{\"grid\": {\"offset\": 0, \"shape\": [200], \"dtype\": \"float64\"}}");
            HealthIndicator health = (HealthIndicator) context.getBean(CompositeHealthContributor.class)
                    .getContributor("weather");
            assertThat(health).isNotNull();
            await().until(() -> health.health().getStatus(), Status.DOWN::equals);
            assertThat(health.health().getDetails().get("reason").toString())
                    .contains("name=grid, offset=0, bytes=1600");
            assertThat(reader.grid.at(1, 2)).as("what it has").isEqualTo(5.5);

            write(GRID);
            await().until(() -> health.health().getStatus(), Status.UP::equals);
        });
    }

    @Test
    void endpointAndHealthShowTheArena() throws IOException {
        makeArena();
        runner("mode=read-only").run(context -> {
            ZeroIpcEndpoint endpoint = new ZeroIpcEndpoint(context.getBean(SegmentRegistry.class), Map.of(), List.of(),
                    Show.NEVER, context.getBean(ArenaRegistry.class));
            assertThat(endpoint.segments().arenas()).containsOnlyKeys("weather");
            ArenaDescriptor arena = (ArenaDescriptor) endpoint.segment("weather", null);
            assertThat(arena).isNotNull();
            assertThat(arena.file()).isEqualTo(directory.resolve("weather.bin").toString());
            assertThat(arena.readOnly()).isTrue();
            assertThat(arena.arrays().get("grid"))
                    .isEqualTo(new ArenaDescriptor.ArrayDescriptor("float64", 8, List.of(2L, 3L), 0, 48));
            CompositeHealthContributor health = context.getBean(CompositeHealthContributor.class);
            Health shown = ((HealthIndicator) health.getContributor("weather")).health();
            assertThat(shown.getStatus()).isEqualTo(Status.UP);
            assertThat(shown.getDetails()).containsEntry("arrays", 2)
                    .containsEntry("manifest", manifest.toString());
            Files.delete(directory.resolve("weather.bin"));
            assertThat(((HealthIndicator) health.getContributor("weather")).health().getStatus())
                    .isEqualTo(Status.DOWN);
        });
    }

    @Test
    void arenaWhenAbsentComesLaterWhereThePolicyIsToContinue() throws IOException {
        runner("zeroipc.startup-failure-policy=continue", "watch-interval=10ms", "arrays.grid.element-type=float64")
                .withUserConfiguration(Later.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Later later = context.getBean(Later.class);
                    assertThat(later.arena.getIfAvailable()).isNull();
                    assertThat(later.grid.getIfAvailable()).isNull();
                    CompositeHealthContributor health = context.getBean(CompositeHealthContributor.class);
                    assertThat(((HealthIndicator) health.getContributor("weather")).health().getStatus())
                            .isEqualTo(Status.UNKNOWN);
                    makeArena();
                    await().until(() -> later.grid.getIfAvailable() != null);
                    assertThat(later.grid.getObject().at(1, 2)).isEqualTo(5.5);
                });
    }

    @Test
    void arenaWhenAbsentIsWaitedForWhereThePolicyIsToRetry() throws Exception {
        Thread starter = Thread.currentThread();
        Thread maker = Thread.ofPlatform().start(() -> {
            await().until(() -> isWaitingForAnArena(starter));
            try {
                makeArena();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        runner("zeroipc.startup-failure-policy=retry", "zeroipc.open-timeout=1m", "zeroipc.open-retry-interval=5ms")
                .run(context -> assertThat(context.getBean(PackedArena.class).names()).containsExactly("grid", "hits"));
        maker.join();
    }

    private static boolean isWaitingForAnArena(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(ArenaRegistry.class.getName()))
                && thread.getState() == Thread.State.TIMED_WAITING;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "|member=grid.dtype, value=\">f8\"|{\"grid\": {\"offset\": 0, \"shape\": [2], \"dtype\": \">f8\"}}|docs/format/manifest.md",
            "|arrays overlap: name=b|{\"a\": {\"offset\": 0, \"shape\": [2], \"dtype\": \"f8\"}, \"b\": {\"offset\": 8, \"shape\": [2], \"dtype\": \"f8\"}}|docs/format/manifest.md",
            "arrays.grid.element-type=int64|type=float64, dtype=\"<f8\" (expected: \"<i8\"|G|zeroipc.arenas.weather.arrays.grid.element-type",
            "arrays.grid.element-type=float64;arrays.grid.shape=3, 2|shape=[2, 3] (expected: [3, 2])|G|zeroipc.arenas.weather.arrays.grid",
            "arrays.gird.element-type=float64|name=gird (present: grid, hits)|G|correct the name of 'zeroipc.arenas.weather.arrays.gird'",
            "file=other.bin|path=|G|zeroipc.arenas.weather.file",
            "mode=create;arrays.grid.element-type=float64;arrays.grid.shape=2|arena exists|G|'open-or-create'",
            "|manifest not found|-|start the program that writes it"})
    void contextWhenAnArenaCannotBeUsedSaysWhyAndWhatToDo(String properties, String why, String text, String way)
            throws IOException {
        if (!text.equals("-")) {
            makeArena();
            write(text.equals("G") ? GRID : text);
        }
        runner(properties == null ? new String[0] : properties.split(";")).run(context -> {
            assertThat(context).getFailure().hasRootCauseInstanceOf(Exception.class);
            Throwable failure = context.getStartupFailure();
            FailureAnalysis analysis = analysis(failure);
            assertThat(analysis.getDescription()).startsWith("Arena 'weather' cannot be used: ").contains(why);
            assertThat(analysis.getAction()).contains(way);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"manifest=;mode=open|manifest|has no manifest", "mode=create|arrays|without arrays",
                    "mode=create;arrays.a.element-type=float64|arrays.a.shape|without a shape",
                    "mode=create;arrays.a.shape=3|arrays.a.element-type|no element type",
                    "arrays.a.element-type=float63|arrays.a.element-type|float64",
                    "mode=create;arrays.a.element-type=int8;arrays.a.shape=3, 0|arrays.a.shape|length=0",
                    "watch-interval=-1s|watch-interval|negative", "permissions=0666|permissions|everybody",
                    "arays.a.shape=3|arays|arrays", "arrays.a.dtype=f8|arrays.a.dtype|there is no property",
                    "mode=opn|mode|Did you mean 'open'"})
    void propertyWhenItCannotBeIsNamed(String properties, String property, String message) {
        runner(properties.split(";")).run(context -> assertThat(context).getFailure()
                .isInstanceOfSatisfying(InvalidZeroIpcPropertyException.class, failure -> {
                    assertThat(failure.property()).startsWith(ARENA + property);
                    assertThat(failure.getMessage()).contains(message);
                }));
    }

    @Test
    void arenaWhenASegmentHasItsNameIsRefused() {
        runner("zeroipc.segments.weather.structures.a.type=mutex").run(context -> assertThat(context).getFailure()
                .isInstanceOf(InvalidZeroIpcPropertyException.class)
                .hasMessageContaining("zeroipc.segments.weather"));
    }

    @Test
    void registryWhenAskedForAnotherNamesThoseThereAre() throws IOException {
        makeArena();
        runner().run(context -> {
            ArenaRegistry registry = context.getBean(ArenaRegistry.class);
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> registry.get("wether"))
                    .withMessageContaining("(declared: weather)");
            PackedArena arena = registry.get("weather");
            context.close();
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(arena::refresh);
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> registry.get("weather"));
        });
    }

    @Test
    void arenaWhenDisabledIsNotOpened() {
        runner("enabled=false").run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PackedArena.class));
        runner("zeroipc.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PackedArena.class));
    }

    /** As Spring Boot finds it, among all analyzers there are. */
    private static FailureAnalysis analysis(Throwable failure) {
        List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class,
                        SpringFactoriesLoader.ArgumentResolver.of(Environment.class, new MockEnvironment()),
                        SpringFactoriesLoader.FailureHandler.logging(LogFactory.getLog(ArenaBeansTests.class)));
        return analyzers.stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    static class Reader {

        final PackedArray<Double> grid;
        final PackedArray<Integer> hits;
        final ObjectProvider<PackedArray<Integer>> newest;
        final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

        Reader(PackedArray<Double> grid, PackedArray<Integer> hits, ObjectProvider<PackedArray<Integer>> newest) {
            this.grid = grid;
            this.hits = hits;
            this.newest = newest;
        }

        @EventListener
        void on(ArenaChangedEvent event) {
            changes.add(event.getArena());
        }
    }

    static class Writer {

        final PackedArray<Double> grid;
        final PackedArray<Point> points;

        Writer(PackedArray<Double> grid, PackedArray<Point> points) {
            this.grid = grid;
            this.points = points;
        }
    }

    static class Later {

        final ObjectProvider<PackedArena> arena;
        final ObjectProvider<PackedArray<Double>> grid;

        Later(ObjectProvider<PackedArena> arena, ObjectProvider<PackedArray<Double>> grid) {
            this.arena = arena;
            this.grid = grid;
        }
    }
}
