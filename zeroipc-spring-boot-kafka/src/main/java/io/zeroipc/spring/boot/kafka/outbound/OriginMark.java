package io.zeroipc.spring.boot.kafka.outbound;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import io.zeroipc.RoleTakenException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;

/**
 * Which life of a structure elements are from, and how far they have come: a UUID and a position, in a segment of its own beside that
 * of the structure, so that they outlive this process. The first half of the UUID stays that of the bridge, whatever begins anew, so
 * that what comes back to where it is from is known for good. For one thread at a time.
 *
 * <p>
 * The structure has begun anew when its segment is another file, or when a position comes that had come before: the position that
 * is kept never is ahead of what the structure itself has let go. Then there is another UUID.
 */
final class OriginMark implements AutoCloseable {

    private static final Codec<Mark> CODEC = Codecs.record(Mark.class, MethodHandles.lookup());
    private static final String PREFIX = "zeroipc-bridge.";
    private static final String MARK = "mark";
    private static final int ENTRIES = 4;
    private static final int NAME_LENGTH_MAX = 120;

    private final Segment segment;
    private final StateWriter<Mark> writer;
    private final long file;
    private UUID origin;
    private long position;
    private boolean begun;

    private OriginMark(Segment segment, SharedState<Mark> state, long file) {
        this.segment = segment;
        this.writer = state.writer();
        this.file = file;
        Mark kept = state.get();
        if (kept == null || kept.file() != file) {
            this.origin = kept == null
                    ? UUID.randomUUID()
                    : anotherLife(new UUID(kept.high(), kept.low()));
            this.position = -1;
            write();
        } else {
            this.origin = new UUID(kept.high(), kept.low());
            this.position = kept.position();
        }
    }

    /** @param file stands for the file that the structure is in */
    record Mark(long high, long low, long file, long position) {}

    /**
     * Opens the mark of a bridge, or makes it.
     *
     * @throws io.zeroipc.RoleTakenException when another process has this bridge
     */
    static OriginMark open(BridgeDefinition definition, Source<?> source) {
        Path path = source.segment().path().toAbsolutePath();
        Spec<SharedState<Mark>> spec = SharedState.spec(CODEC);
        Segment segment = Segment.at(path.resolveSibling(name(definition, path)))
                .maxEntries(ENTRIES)
                .size(Segment.requiredSize(ENTRIES, List.of(spec)))
                .strictSize(false)
                .catalogue(false)
                .openOrCreate();
        boolean opened = false;
        try {
            OriginMark mark = new OriginMark(segment, segment.openOrCreate(MARK, spec), file(path));
            opened = true;
            return mark;
        } catch (RoleTakenException e) {
            String structure = definition.channel().structure();
            throw new RoleTakenException("bridge is carried already: bridge=" + definition.name() + ", from="
                    + definition.channel() + ", to=kafka:" + definition.topic() + ", holder=" + e.holder()
                    + " (expected: one process with this bridge; end the other one, or set zeroipc.bridges."
                    + definition.name() + ".enabled to false here)", path.getFileName().toString(), structure,
                    "carrier of bridge '" + definition.name() + "'", e.holder(), e);
        } finally {
            if (!opened) {
                segment.close();
            }
        }
    }

    /** The origin of elements that no positions are kept of, for this run. */
    static UUID session(BridgeDefinition definition, Source<?> source) {
        try (OriginMark mark = open(definition, source)) {
            return anotherLife(mark.origin());
        } catch (ZeroIpcException e) {
            // Another process makes it just now, or nobody can: then it is known for as long as this one runs.
            return UUID.randomUUID();
        }
    }

    /** An origin of the same bridge. */
    static UUID anotherLife(UUID origin) {
        return new UUID(origin.getMostSignificantBits(), UUID.randomUUID().getLeastSignificantBits());
    }

    /** Whether two origins are of one bridge. */
    static boolean isSameBridge(UUID origin, UUID other) {
        return origin.getMostSignificantBits() == other.getMostSignificantBits();
    }

    /** Of one bridge of one structure; the digest keeps names apart that look the same here. */
    private static String name(BridgeDefinition definition, Path path) {
        String structure = path.getFileName() + "/" + definition.channel().structure();
        String plain = (PREFIX + definition.name() + "." + definition.channel().structure())
                .replaceAll("[^A-Za-z0-9._-]", "_");
        return (plain.length() > NAME_LENGTH_MAX ? plain.substring(0, NAME_LENGTH_MAX) : plain) + "."
                + Long.toHexString(digest(definition.name() + " " + definition.topic() + " " + structure)
                        .getMostSignificantBits());
    }

    /** Whether an origin is that of a bridge whose mark lies in this directory. */
    static boolean isKeptIn(Path directory, UUID origin) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path file : files) {
                if (isOf(file, origin)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            throw new ZeroIpcException("directory of the segments cannot be read: directory=" + directory, e);
        }
    }

    private static boolean isOf(Path file, UUID origin) {
        try (Segment segment = Segment.at(file).openTimeout(Duration.ZERO).openReadOnly()) {
            Mark kept = SharedState.open(segment, MARK, CODEC).get();
            return kept != null && kept.high() == origin.getMostSignificantBits();
        } catch (ZeroIpcException e) {
            // Of somebody else, or gone meanwhile.
            return false;
        }
    }

    private static long file(Path path) {
        try {
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return digest(String.valueOf(key)).getLeastSignificantBits();
        } catch (IOException e) {
            throw new ZeroIpcException("file of the segment cannot be looked at: path=" + path, e);
        }
    }

    private static UUID digest(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The last element that has arrived; -1 when none has. */
    long position() {
        return position;
    }

    UUID origin() {
        return origin;
    }

    /** Told of each element before it is sent, in their order. Positions that had come before are those of another life. */
    void sending(long next) {
        if (!begun) {
            begun = true;
            if (next <= position) {
                origin = anotherLife(origin);
                position = -1;
                write();
            }
        }
    }

    /** Told of the last element that has arrived, and that the structure will not give again. */
    void arrived(long last) {
        position = last;
        write();
    }

    private void write() {
        writer.set(new Mark(origin.getMostSignificantBits(), origin.getLeastSignificantBits(), file, position));
    }

    @Override
    public void close() {
        segment.close();
    }
}
