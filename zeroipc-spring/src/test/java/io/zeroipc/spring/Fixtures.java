package io.zeroipc.spring;

import java.nio.file.Path;
import java.util.List;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;

/** Segments in a directory that the test deletes. */
public final class Fixtures {

    private static final int BYTES = 1 << 20;

    private Fixtures() {
    }

    /** What most tests send: fits a C struct of 16 bytes. */
    public record Alert(int level, double value) {}

    public static final Codec<Alert> ALERTS = Codecs.record(Alert.class);

    /** A segment called host, in a file of its own, opened or created. */
    public static SegmentDefinition.Builder host(StructureDefinition... structures) {
        return SegmentDefinition.named("host").structures(List.of(structures));
    }

    public static SegmentBuilder file(Path directory) {
        return Segment.at(directory.resolve("host.zipc")).label("host").size(BYTES).strictSize(false);
    }

    public static <T> StructureDefinition queue(String name, Codec<T> codec) {
        return queue(name, codec, 64);
    }

    public static <T> StructureDefinition queue(String name, Codec<T> codec, int capacity) {
        return StructureDefinition.of(name, SharedQueue.spec(codec, capacity), codec);
    }

    @SuppressWarnings("unchecked")
    public static <T> SharedQueue<T> queueOf(SegmentRegistry registry, String channel) {
        return (SharedQueue<T>) registry.structure(ChannelName.parse(channel));
    }
}
