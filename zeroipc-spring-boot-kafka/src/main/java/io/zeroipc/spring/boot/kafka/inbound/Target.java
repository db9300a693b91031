package io.zeroipc.spring.boot.kafka.inbound;

import java.util.Collection;
import java.util.UUID;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codec;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.flow.StreamEmitter;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Structure;
import io.zeroipc.segment.WriterOutlet;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeFormat;
import io.zeroipc.spring.boot.kafka.ElementFormat;
import io.zeroipc.spring.core.ElementTypes;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;

/** A structure that elements are pushed into, and how a record becomes one of them. For one thread. */
final class Target implements AutoCloseable {

    private final Structure structure;
    private final Outlet<Object> outlet;
    /** Gives the writer's role back. */
    private final Runnable whenClosed;
    /** Null where messages are bytes of any number. */
    private final @Nullable ElementFormat format;
    private final @Nullable Codec<?> codec;
    private final @Nullable UUID identity;

    @SuppressWarnings("unchecked") // elements come from the structure's own codec
    private Target(Structure structure, Sink<?> sink, @Nullable ElementFormat format, @Nullable Codec<?> codec) {
        this.structure = structure;
        this.format = format;
        this.codec = codec;
        this.identity = structure instanceof SharedRing<?> ? KeptFiles.identity(structure) : null;
        // A role that is the bridge's own ends with it, so that another process can go on; the common one stays for ever.
        switch (sink) {
            case SharedRing<?> ring -> {
                RingWriter<Object> writer = (RingWriter<Object>) ring.writer();
                this.outlet = new WriterOutlet<>(() -> writer, RingWriter::offer, RingWriter::offerAll, () -> false,
                        ring::departures);
                this.whenClosed = writer::close;
            }
            case SharedState<?> state -> {
                StateWriter<Object> writer = (StateWriter<Object>) state.writer();
                this.outlet = new WriterOutlet<>(() -> writer, Target::set, Target::setAll, () -> false);
                this.whenClosed = writer::close;
            }
            case SharedStream<?> stream -> {
                StreamEmitter<Object> emitter = (StreamEmitter<Object>) stream.emitter();
                this.outlet = new WriterOutlet<>(() -> emitter, StreamEmitter::emit, StreamEmitter::emitAll,
                        stream::isClosed);
                this.whenClosed = emitter::close;
            }
            default -> {
                this.outlet = (Outlet<Object>) sink.outlet();
                this.whenClosed = () -> {};
            }
        }
    }

    private static boolean set(StateWriter<Object> writer, Object value) {
        writer.set(value);
        return true;
    }

    private static int setAll(StateWriter<Object> writer, Collection<?> values) {
        values.forEach(writer::set);
        return values.size();
    }

    /**
     * Opens it and takes the writer's role where there is one.
     *
     * @throws io.zeroipc.RoleTakenException when somebody else writes
     * @throws UnsupportedChannelTypeException when nothing can be sent to it
     */
    static Target open(SegmentRegistry segments, BridgeDefinition definition, @Nullable JsonMapper mapper) {
        Structure structure = segments.tryStructure(definition.channel());
        if (!(structure instanceof Sink<?> sink)) {
            throw new UnsupportedChannelTypeException(definition.channel(), structure.kind().label(),
                    "to carry a topic into", "a structure that elements can be sent to, a state, or a map");
        }
        if (structure instanceof SharedTopic) {
            if (definition.format() == BridgeFormat.JSON) {
                throw new IllegalArgumentException("messages of a topic are bytes, whatever they mean: "
                        + definition.describe() + ", format=json (expected: format=bytes)");
            }
            return new Target(structure, sink, null, null);
        }
        Codec<?> codec = ElementTypes.codecOf(segments, definition.channel());
        if (codec == null) {
            throw new IllegalArgumentException("elements are of a type that this application does not know: "
                    + definition.describe() + ", type=" + structure.elementType()
                    + " (expected: a codec where the structure is declared)");
        }
        return new Target(structure, sink, new ElementFormat(definition.format(), structure.elementType(),
                structure.elementSize(), codec, mapper), codec);
    }

    /** What a record carries. */
    Object element(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            throw new IllegalArgumentException("record has no value (expected: an element)");
        }
        ElementFormat present = format;
        Codec<?> by = codec;
        if (present == null || by == null) {
            if (structure instanceof SharedTopic topic && value.length > topic.chunkSize()) {
                throw new IllegalArgumentException("message does not fit into a chunk: size=" + value.length
                        + " (expected: at most " + topic.chunkSize() + " bytes)");
            }
            return value;
        }
        present.check(record.headers(), value.length);
        return by.fromBytes(present.toElement(value));
    }

    Structure structure() {
        return structure;
    }

    Outlet<Object> outlet() {
        return outlet;
    }

    /** Which ring it is, where only one writes and the ring tells how many elements it was given; null otherwise. */
    @Nullable
    UUID identity() {
        return identity;
    }

    @Override
    public void close() {
        whenClosed.run();
    }

    /** Elements that the ring was given. */
    long written() {
        return structure instanceof SharedRing<?> ring ? ring.totalWritten() : 0;
    }
}
