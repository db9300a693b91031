package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.ResolvableType;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.inspect.Trust;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.StructureDescriptor;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.ZeroIpcOperations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Declares a structure of every kind there is, asks what can be asked of each, and listens to it: a new kind needs no line
 * here, and no class of ours.
 */
class StructureBeansTests {

    private static final String STRUCTURE = "zeroipc.segments.market.structures.it.";

    @TempDir
    private Path directory;

    static List<StructureType> types() {
        return Catalog.types();
    }

    /** All kinds, and the broadcast stream, which is another source than the competing one. */
    static List<Arguments> kinds() {
        List<Arguments> kinds = new ArrayList<>();
        Catalog.types().forEach(type -> {
            kinds.add(Arguments.of(type, Map.of()));
            if (type.kind().equals(SharedStream.KIND)) {
                kinds.add(Arguments.of(type, Map.of("mode", "broadcast")));
            }
        });
        return kinds;
    }

    @ParameterizedTest
    @MethodSource("types")
    void structureWhenOfThisKindIsABeanWithItsElement(StructureType type) {
        runner(type, Map.of()).run(context -> {
            int typeParameters = type.structureClass().getTypeParameters().length;
            Class<?>[] elements = Collections.nCopies(typeParameters, Integer.class).toArray(Class<?>[]::new);
            Class<?>[] others = Collections.nCopies(typeParameters, String.class).toArray(Class<?>[]::new);
            assertThat(context).hasNotFailed();
            assertThat(context.getBeanNamesForType(
                    typeParameters == 0
                            ? ResolvableType.forClass(type.structureClass())
                            : ResolvableType.forClassWithGenerics(type.structureClass(), elements)))
                    .containsExactly("market.it");
            if (typeParameters > 0) {
                assertThat(context.getBeanNamesForType(
                        ResolvableType.forClassWithGenerics(type.structureClass(), others))).isEmpty();
            }
            assertThat(context.getBean("it")).isInstanceOf(type.structureClass());
        });
    }

    @ParameterizedTest
    @MethodSource("types")
    void endpointWhenStructureIsOfThisKindTellsWhatItIs(StructureType type) {
        runner(type, Map.of()).run(context -> {
            StructureDescriptor it = new ZeroIpcEndpoint(context.getBean(SegmentRegistry.class), Map.of(), List.of(),
                    Show.NEVER).structure("market", "it", null);
            assertThat(it).isNotNull();
            assertThat(it.type()).isEqualTo(type.kind().label());
            assertThat(it.trust()).isEqualTo(Trust.DECLARED);
            assertThat(it.channel()).isEqualTo("market/it");
            assertThat(it.elementType())
                    .isEqualTo(type.structureClass().getTypeParameters().length > 0 ? "int32" : null);
            assertThat(it.details() + (it.capacity() == null ? "" : "with a size")).isNotEqualTo("{}");
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void listenerWhenStructureIsOfThisKindIsCalledOrRefused(StructureType type, Map<String, String> options) {
        runner(type, options).withUserConfiguration(Listening.class).run(context -> {
            if (type.kind().equals(SharedTopic.KIND)) {
                // Its messages are bytes, and no converter is there that makes a number of them.
                assertThat(context).getFailure().isInstanceOf(ElementTypeException.class);
            } else if (Source.class.isAssignableFrom(type.structureClass())) {
                context.getBean(ZeroIpcOperations.class).send("market/it", 7);
                assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES)).isEqualTo(7);
            } else {
                assertThat(context).getFailure()
                        .isInstanceOfSatisfying(UnsupportedChannelTypeException.class, refusal -> {
                            assertThat(refusal.kind()).isEqualTo(type.kind().label());
                            assertThat(refusal.remedy()).contains("channel", "queue", "ring", "signal", "stack",
                                    "state", "stream");
                        });
            }
        });
    }

    @Test
    void channelWhenContextClosesStaysOpenForTheOthers() {
        try (Segment peer = Segment.at(directory.resolve("market")).size(1 << 16).create()) {
            SharedChannel<Integer> theirs = SharedChannel.create(peer, "it", Codecs.int32(), 8);
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                    .withPropertyValues("zeroipc.base-directory=" + directory, STRUCTURE + "type=channel",
                            STRUCTURE + "element-type=int32", STRUCTURE + "capacity=8")
                    .run(context -> assertThat(context.getBean("it", SharedChannel.class).isClosed()).isFalse());
            assertThat(theirs.isClosed()).isFalse();
            assertThat(theirs.trySend(1)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shape=3, 4", "shape[0]=3;shape[1]=4", "options.shape=3x4",
            "options.shape[0]=3;options.shape[1]=4",
            "shape=3, 4;capacity=12", "shape=3,4;options.shape=[3, 4]"})
    void arrayWhenItHasAShapeIsMadeOfIt(String written) {
        ofArray(written).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean("it", SharedArray.class).shape()).isEqualTo(Shape.of(3, 4));
            StructureDescriptor it = new ZeroIpcEndpoint(context.getBean(SegmentRegistry.class), Map.of(), List.of(),
                    Show.NEVER).structure("market", "it", null);
            assertThat(it).isNotNull();
            assertThat(it.capacity()).isEqualTo(12);
            assertThat(it.details()).containsEntry("shape", List.of(3L, 4L));
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"shape=3, 4;capacity=13|capacity|expected: 12",
            "shape=0, 4|shape|length=0", "shape=-3, 4|shape|such as [100, 50]",
            "shape=3, 4;type=queue|shape|queue' have no shape",
            "shape=3, 4;options.shape=4, 3|shape|there is another shape at",
            "shape=4294967296, 4294967296|shape|64 bits", "shape=3 by 4|shape|as in 100, 50",
            "options.shape=three|options.shape|such as [100, 50]"})
    void arrayWhenItsShapeCannotBeFailsWithTheProperty(String written, String property, String message) {
        ofArray(written).run(context -> assertThat(context).getFailure()
                .isInstanceOfSatisfying(InvalidZeroIpcPropertyException.class, failure -> {
                    assertThat(failure.property()).isEqualTo(STRUCTURE + property);
                    assertThat(failure.getMessage() + failure.getCause()).contains(message);
                }));
    }

    private ApplicationContextRunner ofArray(String written) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, STRUCTURE + "type=array",
                        STRUCTURE + "element-type=int32")
                .withPropertyValues(
                        Stream.of(written.split(";")).map(property -> STRUCTURE + property).toArray(String[]::new));
    }

    /** One structure, with no more said of it than its kind needs. */
    private ApplicationContextRunner runner(StructureType type, Map<String, String> more) {
        int typeParameters = type.structureClass().getTypeParameters().length;
        Map<String, String> options = new HashMap<>(more);
        List<String> properties = new ArrayList<>(List.of("zeroipc.base-directory=" + directory,
                STRUCTURE + "type=" + type.kind().label()));
        if (typeParameters > 0) {
            properties.add(STRUCTURE + "element-type=int32");
        }
        if (typeParameters == 2) {
            options.put("key", "int32");
        }
        options.forEach((option, value) -> properties.add(STRUCTURE + "options." + option + "=" + value));
        if (takes(type, typeParameters > 0 ? Codecs.int32() : null, 8, options)) {
            properties.add(STRUCTURE + "capacity=8");
        }
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withPropertyValues(properties.toArray(String[]::new));
    }

    private static boolean takes(StructureType type, Codec<?> element, long capacity,
            Map<String, String> options) {
        try {
            return !type.spec(new Declaration(element, capacity, options)).parts().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static class Listening {

        final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();

        @ChannelListener(channels = "market/it")
        void on(Integer element) {
            received.add(element);
        }
    }
}
