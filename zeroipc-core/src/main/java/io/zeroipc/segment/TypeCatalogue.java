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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

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
 * operation fails because of that. It decides one thing: a name that it says to be of one kind, of a block that is still
 * there, is not opened or created as another. {@link #state()} says how it stands.
 */
final class TypeCatalogue {

    private static final String SUFFIX = ".zipc";
    private static final String FORMAT = "zeroipc-types";
    private static final long VERSION = 1;
    /** Far beyond any real one; a larger file is somebody else's. */
    private static final long BYTES_MAX = 16L << 20;

    private final SegmentOptions options;
    private final FileIdentity segment;
    private final Path path;
    /** What was read last: the file only grows, so its size says whether it still is what there is. */
    private volatile @Nullable Content cached;
    private volatile @Nullable String problem;

    TypeCatalogue(SegmentOptions options, FileIdentity segment) {
        this.options = options;
        this.segment = segment;
        this.path = pathOf(options.path());
    }

    static Path pathOf(Path segment) {
        return segment.resolveSibling(segment.getFileName() + SUFFIX);
    }

    /** Removes the catalogue of a segment that is gone, or is about to be replaced. */
    static void remove(Path segment) {
        Path path = pathOf(segment);
        try {
            FileFacts facts = FileFacts.of(path);
            if (facts.isRegularFile() && facts.size() <= BYTES_MAX && startsAsCatalogue(load(path, facts.size()))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // There is none, or it is somebody else's. It names the file it belongs to, and is not believed for another.
        }
    }

    /** Another file may have this name: it is not ours to read as a catalogue, and never to delete. */
    private static boolean startsAsCatalogue(String text) {
        return text.startsWith("{\"format\":\"" + FORMAT + "\",");
    }

    private static String load(Path path, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(path,
                Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // Until the size that was looked at; what was appended since is for the next time.
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
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
        // An interrupt would close the channel and lose the line.
        boolean interrupted = Thread.interrupted();
        try {
            Content content = read();
            if (content == null) {
                Files.deleteIfExists(path);
                write(header() + type.toLine(), StandardOpenOption.CREATE_NEW);
                Permissions.set(path, Permissions.of(options.path()));
            } else {
                // A writer that was killed may have left half a line: a new one begins.
                write((content.endsInsideLine ? "\n" : "") + type.toLine(), StandardOpenOption.APPEND);
            }
            problem = null;
        } catch (IOException | IllegalArgumentException e) {
            problem = "not written: " + e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
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
            problem = "not readable: " + e;
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
        Set<OpenOption> open = Set.of(StandardOpenOption.WRITE, how, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel channel = how == StandardOpenOption.CREATE_NEW
                ? FileChannel.open(path, open, Permissions.ownerOnly(path))
                : FileChannel.open(path, open)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
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
        if (known != null && known.facts.equals(facts)) {
            return known;
        }
        String text;
        try {
            text = load(path, facts.size());
        } catch (NoSuchFileException e) {
            return null;
        }
        if (!startsAsCatalogue(text)) {
            throw new IOException("not a type catalogue: path=" + path + " (another file has its name; rename one)");
        }
        List<String> lines = text.lines().toList();
        if (!isHeader(lines.getFirst())) {
            return null;
        }
        Map<String, DeclaredType> types = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            try {
                DeclaredType type = DeclaredType.ofLine(line);
                types.put(type.name(), type);
            } catch (IllegalArgumentException e) {
                // Half a line of a writer that was killed: that structure is recognised by its bytes.
            }
        }
        Content content = new Content(facts, Collections.unmodifiableMap(types),
                !text.endsWith("\n"));
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
        Integer owner = facts.ownerUid();
        int self = ProcessIdentity.currentUid();
        boolean ownerAllowed = owner == null || options.owner() == OwnerRule.ANY || owner == self
                || (owner == 0 && options.owner() == OwnerRule.SAME_OR_ROOT);
        if (!facts.isRegularFile() || !ownerAllowed || facts.size() > BYTES_MAX) {
            throw new IOException("not a type catalogue to be trusted: path=" + path + ", regular file="
                    + facts.isRegularFile() + ", owner id=" + owner + ", user id=" + self + ", bytes=" + facts.size());
        }
    }

    private record Content(FileFacts facts, Map<String, DeclaredType> types, boolean endsInsideLine) {}
}
