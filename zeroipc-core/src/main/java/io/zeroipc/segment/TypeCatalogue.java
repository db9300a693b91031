package io.zeroipc.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.json.Json;
import io.zeroipc.os.FileFacts;
import io.zeroipc.os.FileIdentity;
import io.zeroipc.os.ProcessIdentity;

/**
 * The file {@code NAME.zipc} beside a segment, which says what its structures are: the table in the segment has room for
 * names only. Lines of JSON, {@code docs/format/catalogue.md}; only ever appended to, by whoever holds the table lock.
 *
 * <p>
 * It describes: where it is missing, old or damaged, structures are recognised by their bytes as without it, and no
 * operation fails because of that. Where it speaks of a block that is still there, that is not opened as another kind, or
 * with elements that mean something else. {@link #state()} says how it stands.
 */
final class TypeCatalogue {

    private static final String SUFFIX = ".zipc";
    private static final String FORMAT = "zeroipc-types";
    private static final long VERSION = 1;
    private static final byte[] BEGINNING = ("{\"format\":\"" + FORMAT + "\",").getBytes(StandardCharsets.UTF_8);
    /** Far beyond any real one; a larger file is somebody else's. */
    private static final long BYTES_MAX = 16L << 20;

    private static final Content NOTHING = new Content(null, Map.of(), 0);

    private final SegmentOptions options;
    private final FileIdentity segment;
    private final Path path;
    /** What was read last: the file only grows, so what is new stands behind it. */
    private volatile @Nullable Content cached;
    private volatile @Nullable String problem;

    TypeCatalogue(SegmentOptions options, FileIdentity segment) {
        this.options = options;
        this.segment = segment;
        this.path = pathOf(options.path());
    }

    Path path() {
        return path;
    }

    static Path pathOf(Path segment) {
        return segment.resolveSibling(segment.getFileName() + SUFFIX);
    }

    /** Removes the catalogue of a segment that is gone, or is about to be replaced. */
    static void remove(Path segment) {
        Path path = pathOf(segment);
        try {
            FileFacts facts = FileFacts.of(path);
            if (facts.isRegularFile()
                    && startsAsCatalogue(load(path, 0, Math.min(facts.size(), BEGINNING.length)))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // There is none, or it is somebody else's. It names the file it belongs to, and is not believed for another.
        }
    }

    /** Another file may have this name: it is not ours to read as a catalogue, and never to delete. */
    private static boolean startsAsCatalogue(byte[] text) {
        return text.length >= BEGINNING.length
                && Arrays.equals(BEGINNING, 0, BEGINNING.length, text, 0, BEGINNING.length);
    }

    private static byte[] load(Path path, long from, long to) throws IOException {
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel = FileChannel.open(path,
                Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(to - from));
            channel.position(from);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Until the size that was looked at; what was appended since is for the next time.
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        } finally {
            restore(interrupted);
        }
    }

    /** An interrupt would close the channel, and lose a line: it is kept until the work is done. */
    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One line for people. */
    String state() {
        if (!options.catalogue()) {
            return "off";
        }
        String present = problem;
        if (present != null) {
            return present;
        }
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? path.toString() : "none";
    }

    /** Appends a structure. The caller holds the table lock. */
    void add(DeclaredType type) {
        if (!options.catalogue()) {
            return;
        }
        try {
            Content content = read();
            if (content == null) {
                begin(type);
            } else {
                // A writer that was killed may have left half a line: a new one begins.
                write((content.endsInsideLine() ? "\n" : "") + type.toLine(), StandardOpenOption.APPEND);
            }
            problem = null;
        } catch (IOException | IllegalArgumentException e) {
            problem = "not written: " + PrintableText.of(e.toString());
        }
    }

    /** With the first structure; nothing is left behind when that fails, for a file without a header is nobody's. */
    private void begin(DeclaredType type) throws IOException {
        Files.deleteIfExists(path);
        boolean begun = false;
        try {
            write(header() + type.toLine(), StandardOpenOption.CREATE_NEW);
            Permissions.set(path, Permissions.of(options.path()));
            begun = true;
        } finally {
            if (!begun) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** What is declared, by name; empty when there is no catalogue of this segment. */
    Map<String, DeclaredType> types() {
        if (!options.catalogue()) {
            return Map.of();
        }
        try {
            Content content = read();
            problem = null;
            return content == null ? Map.of() : content.types;
        } catch (IOException | IllegalArgumentException e) {
            problem = "not readable: " + PrintableText.of(e.toString());
            return Map.of();
        }
    }

    private String header() {
        Map<String, @Nullable Object> header = new LinkedHashMap<>();
        header.put("format", FORMAT);
        header.put("version", VERSION);
        header.put("segment", segment.toString());
        return Json.write(header) + '\n';
    }

    private void write(String text, StandardOpenOption how) throws IOException {
        boolean interrupted = Thread.interrupted();
        Set<OpenOption> open = Set.of(StandardOpenOption.WRITE, how, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel channel = how == StandardOpenOption.CREATE_NEW
                ? FileChannel.open(path, open, Permissions.ownerOnly(path))
                : FileChannel.open(path, open)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } finally {
            restore(interrupted);
        }
    }

    /** Null when there is none of this segment. */
    private @Nullable Content read() throws IOException {
        FileFacts facts;
        try {
            facts = FileFacts.of(path);
        } catch (NoSuchFileException e) {
            return null;
        }
        requireTrusted(facts);
        Content known = cached;
        if (known != null && facts.equals(known.facts)) {
            return known;
        }
        Content before = known != null && known.isBeginningOf(facts) ? known : NOTHING;
        byte[] text;
        try {
            text = load(path, before.read, facts.size());
        } catch (NoSuchFileException e) {
            return null;
        }
        if (before.read == 0) {
            if (!startsAsCatalogue(text)) {
                throw new IOException(
                        "not a type catalogue: path=" + path + " (another file has its name; rename one)");
            }
            if (!isHeader(new String(text, StandardCharsets.UTF_8).lines().findFirst().orElseThrow())) {
                return null;
            }
        }
        Content content = before.and(text, facts);
        cached = content;
        return content;
    }

    private boolean isHeader(String line) {
        try {
            Map<String, @Nullable Object> header = Json.object(Json.parse(line), "header");
            return FORMAT.equals(header.get("format")) && Long.valueOf(VERSION).equals(header.get("version"))
                    && segment.toString().equals(header.get("segment"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The rule of the segment itself: what others could have put there is not read. */
    private void requireTrusted(FileFacts facts) throws IOException {
        if (!facts.isRegularFile() || !options.owner().allows(facts.ownerUid()) || facts.size() > BYTES_MAX) {
            throw new IOException("not a type catalogue to be trusted: path=" + path + ", regular file="
                    + facts.isRegularFile() + ", owner id=" + facts.ownerUid() + ", user id="
                    + ProcessIdentity.currentUid() + ", bytes=" + facts.size());
        }
    }

    /**
     * What complete lines say.
     *
     * @param read bytes up to the end of the last complete line
     */
    private record Content(@Nullable FileFacts facts, Map<String, DeclaredType> types, long read) {

        /** Whether a line has begun and not ended: its writer was killed, or is writing. */
        boolean endsInsideLine() {
            return facts != null && read < facts.size();
        }

        /** Whether the file is the same and has not become shorter: it only grows, while it is the same. */
        boolean isBeginningOf(FileFacts present) {
            return facts != null && facts.identity().equals(present.identity()) && read <= present.size();
        }

        /** With what stands behind it in the file. The header among it is no structure; nor is nonsense. */
        Content and(byte[] text, FileFacts present) {
            int complete = text.length;
            while (complete > 0 && text[complete - 1] != '\n') {
                complete--;
            }
            Map<String, DeclaredType> all = new LinkedHashMap<>(types);
            new String(text, 0, complete, StandardCharsets.UTF_8).lines().forEach(line -> {
                try {
                    DeclaredType type = DeclaredType.ofLine(line);
                    all.put(type.name(), type);
                } catch (IllegalArgumentException e) {
                    // Half a line of a writer that was killed: that structure is recognised by its bytes.
                }
            });
            return new Content(present, Collections.unmodifiableMap(all), read + complete);
        }
    }
}
