package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.ResolvableType;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Segment;

import static org.assertj.core.api.Assertions.assertThat;

/** Declares a structure of every kind there is: a new kind needs no line here, and no class of ours. */
class StructureBeansTests {

    private static final String STRUCTURE = "zeroipc.segments.market.structures.it.";

    @TempDir
    private Path directory;

    static List<StructureType> types() {
        return Catalog.types();
    }

    @ParameterizedTest
    @MethodSource("types")
    void structureWhenOfThisKindIsABeanWithItsElement(StructureType type) {
        int typeParameters = type.structureClass().getTypeParameters().length;
        boolean hasElement = typeParameters > 0;
        Map<String, String> options = typeParameters == 2 ? Map.of("key", "int32") : Map.of();
        List<String> properties = new ArrayList<>(List.of("zeroipc.base-directory=" + directory,
                STRUCTURE + "type=" + type.kind().label()));
        if (hasElement) {
            properties.add(STRUCTURE + "element-type=int32");
        }
        options.forEach((option, value) -> properties.add(STRUCTURE + "options." + option + "=" + value));
        if (takes(type, hasElement ? Codecs.int32() : null, 8, options)) {
            properties.add(STRUCTURE + "capacity=8");
        }
        new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withPropertyValues(properties.toArray(String[]::new))
                .run(context -> {
                    ResolvableType wanted = typeParameters == 1
                            ? ResolvableType.forClassWithGenerics(type.structureClass(), Integer.class)
                            : ResolvableType.forClass(type.structureClass());
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBeanNamesForType(wanted)).containsExactly("market.it");
                    assertThat(context.getBean("it")).isInstanceOf(type.structureClass());
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

    private static boolean takes(StructureType type, Codec<?> element, long capacity,
            Map<String, String> options) {
        try {
            return !type.spec(new Declaration(element, capacity, options)).parts().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
