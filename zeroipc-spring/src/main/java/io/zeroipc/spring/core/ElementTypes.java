package io.zeroipc.spring.core;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.annotation.Internal;

/** Finds the Java type of a structure's elements. */
@Internal
public final class ElementTypes {

    private ElementTypes() {
    }

    /**
     * The Java type of the elements, boxed for primitives; null when the structure has none, or its codec is one of the
     * application that only its own code knows.
     *
     * @param loader finds records; null for the thread's context class loader
     */
    public static @Nullable Class<?> of(SegmentRegistry registry, Structure structure, @Nullable ClassLoader loader) {
        if (structure instanceof SharedTopic) {
            return byte[].class;
        }
        Class<?> declared = registry.nameOf(structure).map(name -> declared(registry, name)).orElse(null);
        return declared != null ? declared : byName(structure.elementType(), loader);
    }

    /** As declared, before the structure is there; null when nobody said. */
    public static @Nullable Class<?> declared(SegmentRegistry registry, ChannelName channel) {
        Codec<?> codec = declaredCodec(registry, channel);
        return codec == null ? null : codec.type();
    }

    /** The name of a channel's elements in the vocabulary of the codecs; null while nobody knows. Opens nothing. */
    public static @Nullable String nameOf(SegmentRegistry registry, ChannelName channel) {
        return registry.findStructure(channel).map(Structure::elementType).orElseGet(() -> {
            Codec<?> codec = declaredCodec(registry, channel);
            return codec == null ? null : codec.typeName();
        });
    }

    /** What lays out a channel's elements; null while nobody knows. Opens nothing. */
    public static @Nullable Codec<?> codecOf(SegmentRegistry registry, ChannelName channel) {
        Codec<?> declared = declaredCodec(registry, channel);
        if (declared != null) {
            return declared;
        }
        String name = nameOf(registry, channel);
        try {
            return name == null || name.isEmpty() ? null : Codecs.forType(name, null);
        } catch (IllegalArgumentException e) {
            // A codec of the application, with a name of its own.
            return null;
        }
    }

    /** What lays out a channel's elements, as declared; null when nobody said. */
    public static @Nullable Codec<?> declaredCodec(SegmentRegistry registry, ChannelName channel) {
        return registry.definition(channel.segment())
                .map(definition -> definition.structures().get(channel.structure()))
                .<Codec<?>>map(StructureDefinition::codec)
                .orElse(null);
    }

    private static @Nullable Class<?> byName(String elementType, @Nullable ClassLoader loader) {
        if (elementType.isEmpty()) {
            return null;
        }
        try {
            return Codecs.forType(elementType, loader).type();
        } catch (IllegalArgumentException e) {
            // A codec of the application, with a name of its own: types are compared when elements are there.
            return null;
        }
    }
}
