package io.zeroipc.codec;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import com.sun.management.ThreadMXBean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which way a record codec is made, how long it lives, and what it costs. */
class RecordCodecSelectionTest {

    @TempDir
    Path directory;

    private record Hidden(int a, Deeper deeper) {

        private record Deeper(long b) {}
    }

    record NotGenerated(int a) {}

    record WithLookup(int a) {}

    record Sample(int a, long b, double c) {}

    @Test
    void shouldGenerateCodeWhenRecordIsPrivateAndNested() {
        Codec<Hidden> codec = Codecs.record(Hidden.class);
        assertThat(codec.getClass().isHidden()).isTrue();
        assertThat(codec.getClass().getNestHost()).isEqualTo(RecordCodecSelectionTest.class);
        Hidden value = new Hidden(1, new Hidden.Deeper(2));
        assertThat(Bytes.roundTrip(codec, value)).isEqualTo(value);
    }

    @Test
    void shouldGenerateCodeWhenRecordIsLocal() {
        record Local(int a) {}
        Codec<Local> codec = Codecs.record(Local.class);
        assertThat(codec.getClass().isHidden()).isTrue();
        assertThat(Bytes.roundTrip(codec, new Local(5))).isEqualTo(new Local(5));
    }

    @Test
    void shouldReturnSameCodecEachTime() {
        Codec<WithLookup> codec = Codecs.record(WithLookup.class);
        assertThat(Codecs.record(WithLookup.class)).isSameAs(codec);
        assertThat(Codecs.record(WithLookup.class, MethodHandles.lookup())).isSameAs(codec);
        assertThat(Codecs.forClass(WithLookup.class)).isSameAs(codec);
    }

    @Test
    void shouldUseMethodHandlesWhenPropertyForbidsGeneration() {
        System.setProperty(RecordCodecs.GENERATE_PROPERTY, "false");
        try {
            Codec<NotGenerated> codec = Codecs.record(NotGenerated.class);
            assertThat(codec).isInstanceOf(HandleRecordCodec.class);
            assertThat(Bytes.roundTrip(codec, new NotGenerated(7))).isEqualTo(new NotGenerated(7));
        } finally {
            System.clearProperty(RecordCodecs.GENERATE_PROPERTY);
        }
    }

    @Test
    void shouldUseMethodHandlesWhenClassLoaderDoesNotSeeTheEngine() throws IOException {
        Sources.compileJava(directory, new Sources.JavaSource("Alone.java", "public record Alone(byte a, long b) {}"));
        try (URLClassLoader loader = Sources.loader(directory, ClassLoader.getPlatformClassLoader())) {
            Class<? extends Record> type = Sources.load(loader, "Alone");
            Codec<?> codec = Codecs.record(type);
            assertThat(codec).isInstanceOf(HandleRecordCodec.class);
            assertThat(codec.byteSize()).isEqualTo(16);
            assertThat(Bytes.decode(codec, "07 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00"))
                    .hasToString("Alone[a=7, b=2]");
        }
    }

    @Test
    void shouldGenerateCodeWhenNestedRecordsArePublicInAnotherPackage() throws IOException {
        assertThat(readOuter("public record Part(int b) {}").getClass().isHidden()).isTrue();
    }

    @Test
    void shouldUseMethodHandlesWhenNestedRecordIsHiddenFromTheOuterOne() throws IOException {
        assertThat(readOuter("record Part(int b) {}")).isInstanceOf(HandleRecordCodec.class);
    }

    private Codec<?> readOuter(String part) throws IOException {
        Sources.compileJava(directory,
                new Sources.JavaSource("Inner.java", "package a; public record Inner(int a, Part part) {}"),
                new Sources.JavaSource("Part.java", "package a; " + part),
                new Sources.JavaSource("Outer.java", "package b; public record Outer(a.Inner inner) {}"));
        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            Codec<?> codec = Codecs.record(Sources.load(loader, "b.Outer"));
            assertThat(Bytes.decode(codec, "01 00 00 00 02 00 00 00"))
                    .hasToString("Outer[inner=Inner[a=1, part=Part[b=2]]]");
            return codec;
        }
    }

    @Test
    void shouldFollowTheModuleWhenRecordIsInOne() throws Exception {
        compileModule("module m { exports shown; }");
        Layer layer = module();
        Class<? extends Record> shown = layer.load("shown.Shown");
        Class<? extends Record> secret = layer.load("secret.Secret");

        Codec<?> codec = Codecs.record(shown);
        assertThat(codec).isInstanceOf(HandleRecordCodec.class);
        assertThat(Bytes.decode(codec, "01 00 00 00")).hasToString("Shown[a=1]");
        assertThatThrownBy(() -> Codecs.record(secret)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "no access to record: type=secret.Secret, module=m (expected: a module that opens secret, or"
                                + " Codecs.record(type, MethodHandles.lookup()) called by it)");
        MethodHandles.Lookup lookup = (MethodHandles.Lookup) shown.getMethod("lookup").invoke(null);
        assertThat(Bytes.decode(Codecs.record(secret, lookup), "02 00 00 00")).hasToString("Secret[a=2]");
    }

    @Test
    void shouldGenerateCodeWhenModuleIsOpenAndReadsTheEngine() throws Exception {
        compileModule("open module m { exports shown; }");
        assertThat(Codecs.record(module().load("secret.Secret"))).isInstanceOf(HandleRecordCodec.class);
        Layer reading = module();
        reading.controller.addReads(reading.controller.layer().findModule("m").orElseThrow(), Codec.class.getModule());
        Codec<?> codec = Codecs.record(reading.load("secret.Secret"));
        assertThat(codec.getClass().isHidden()).isTrue();
        assertThat(Bytes.decode(codec, "03 00 00 00")).hasToString("Secret[a=3]");
    }

    private void compileModule(String declaration) {
        Sources.compileJava(directory, new Sources.JavaSource("module-info.java", declaration),
                new Sources.JavaSource("Shown.java", """
                        package shown;
                        import java.lang.invoke.MethodHandles;
                        public record Shown(int a) {
                            public static MethodHandles.Lookup lookup() {
                                return MethodHandles.lookup();
                            }
                        }
                        """), new Sources.JavaSource("Secret.java", "package secret; record Secret(int a) {}"));
    }

    private record Layer(ModuleLayer.Controller controller) {

        Class<? extends Record> load(String name) {
            return Sources.load(controller.layer().findLoader("m"), name);
        }
    }

    /** A new layer, so that nothing of an earlier one is remembered. */
    private Layer module() {
        Configuration configuration = ModuleLayer.boot()
                .configuration()
                .resolve(ModuleFinder.of(directory), ModuleFinder.of(), Set.of("m"));
        return new Layer(ModuleLayer.defineModulesWithOneLoader(configuration, List.of(ModuleLayer.boot()),
                getClass().getClassLoader()));
    }

    @Test
    void shouldReleaseTheClassLoaderOfTheRecordWhenItIsDropped() throws IOException {
        Sources.compileJava(directory, new Sources.JavaSource("Gone.java", "public record Gone(int a) {}"));
        assertCollected(useAndDrop());
    }

    private WeakReference<ClassLoader> useAndDrop() throws IOException {
        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            Codec<?> codec = Codecs.record(Sources.load(loader, "Gone"));
            assertThat(codec.getClass().isHidden()).isTrue();
            assertThat(Bytes.decode(codec, "01 00 00 00")).hasToString("Gone[a=1]");
            return new WeakReference<>(loader);
        }
    }

    @Test
    void shouldReleaseTheClassLoaderOfTheEngineWhenTheRecordOutlivesIt() throws Exception {
        assertCollected(useAndDropEngine());
    }

    private static WeakReference<ClassLoader> useAndDropEngine() throws Exception {
        try (URLClassLoader loader = Sources.loader(Sources.engine(), ClassLoader.getPlatformClassLoader())) {
            Class<?> codecs = loader.loadClass(Codecs.class.getName());
            assertThat(codecs).isNotEqualTo(Codecs.class);
            Object codec = codecs.getMethod("record", Class.class).invoke(null, Sample.class);
            assertThat(codec.getClass().getName()).isEqualTo(HandleRecordCodec.class.getName());
            assertThat(loader.loadClass(Codec.class.getName()).getMethod("byteSize").invoke(codec)).isEqualTo(24);
            return new WeakReference<>(loader);
        }
    }

    private static void assertCollected(WeakReference<ClassLoader> loader) {
        Awaitility.await().untilAsserted(() -> {
            System.gc();
            assertThat(loader.get()).isNull();
        });
    }

    @Test
    void shouldAllocateNothingButTheRecordWhenGenerated() {
        Codec<Sample> codec = Codecs.record(Sample.class);
        MemorySegment memory = MemorySegment.ofArray(new long[3]);
        Sample value = new Sample(1, 2, 3);
        long recordBytes = allocated(() -> new Sample(1, 2, 3));
        assertThat(recordBytes).isPositive();
        assertThat(allocated(() -> codec.decode(memory, 0))).isEqualTo(recordBytes);
        assertThat(allocated(() -> {
            codec.encode(value, memory, 0);
            return value;
        })).isZero();
    }

    private static volatile Object sink;

    /** Bytes of one call after the code is linked: the least of many, as a compiler thread's work may be counted in. */
    private static long allocated(Supplier<Object> call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 1_000; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            sink = call.get();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(sink).isNotNull();
        return least;
    }
}
