package io.zeroipc.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Shape;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.json.Json;
import io.zeroipc.json.SchemaJson;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.View;

/** Writes the manifest of a segment: {@code docs/format/manifest.md}. */
public final class Manifest {

    static final String FORMAT = "zeroipc-manifest";
    static final long VERSION = 1;

    private Manifest() {
    }

    /** The manifest as JSON, of the structures that the segment has now. Never writes to the segment, never waits. */
    public static String of(Segment segment) {
        return of(segment, segment.path().toString());
    }

    /** As {@link #of(Segment)}, with {@code file} in the place of the path. */
    public static String of(Segment segment, String file) {
        return Json.writeIndented(describe(Inspector.report(segment), file)) + '\n';
    }

    /**
     * Writes the manifest to a file, in one step: a reader sees the old one or the new one. The segment's file is named
     * relative to the manifest where they share a directory.
     *
     * @throws ZeroIpcException when the file cannot be written
     */
    public static void write(Segment segment, Path target) {
        Path path = target.toAbsolutePath().normalize();
        Path name = segment.path().getFileName();
        boolean beside = path.resolveSibling(String.valueOf(name)).equals(segment.path());
        String json = of(segment, beside ? String.valueOf(name) : segment.path().toString());
        try {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            if (Files.exists(path) && Arrays.equals(Files.readAllBytes(path), bytes)) {
                return;
            }
            Path temporary = Files.createTempFile(path.getParent(), "." + path.getFileName() + ".", ".tmp");
            try {
                Files.write(temporary, bytes);
                if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                    Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(segment.path()));
                }
                Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new ZeroIpcException("cannot write manifest: segment=" + segment.name() + ", path=" + path
                    + ", reason=" + e + " (expected: a directory that exists and is writable)", e);
        }
    }

    private static Map<String, @Nullable Object> describe(SegmentReport report, String file) {
        Map<String, @Nullable Object> manifest = new LinkedHashMap<>();
        manifest.put("format", FORMAT);
        manifest.put("version", VERSION);
        manifest.put("file", file);
        manifest.put("bytes", report.bytes().capacity());
        manifest.put("byteOrder", "little");
        Map<String, @Nullable Object> structures = new LinkedHashMap<>();
        report.structures().forEach((name, structure) -> structures.put(name, describe(structure)));
        manifest.put("structures", structures);
        return manifest;
    }

    private static Map<String, @Nullable Object> describe(StructureReport structure) {
        Map<String, @Nullable Object> described = new LinkedHashMap<>();
        described.put("kind", structure.kind());
        boolean known = structure.trust() == Trust.DECLARED || structure.trust() == Trust.RECOGNISED;
        if (!known) {
            described.put("candidates", structure.candidates());
        }
        Map<String, @Nullable Object> block = new LinkedHashMap<>();
        block.put("offset", structure.offset());
        block.put("bytes", structure.bytes());
        described.put("block", block);
        ElementSchema element = structure.schema();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (View view : known ? structure.views() : List.<View>of()) {
            if (view.name().equals(View.DATA)) {
                described.putAll(describe(view, structure));
            } else {
                fields.put(view.name(), describe(view, structure));
            }
        }
        if (!fields.isEmpty()) {
            described.put("fields", fields);
        }
        if (element != null) {
            described.put("element", SchemaJson.withFingerprint(element));
        }
        return described;
    }

    private static Map<String, @Nullable Object> describe(View view, StructureReport structure) {
        Map<String, @Nullable Object> described = new LinkedHashMap<>();
        described.put("offset", view.offset());
        Shape shape = structure.shape();
        List<Long> lengths = shape != null && view.name().equals(View.DATA) && shape.count() == view.count()
                ? shape.lengths()
                : view.count() == 0 ? List.of()
                : List.of(view.count());
        described.put("shape", lengths);
        described.put("strides", strides(lengths, view.stride()));
        ElementSchema schema = structure.schema();
        described.put("dtype", view.type() != null
                ? NumpyTypes.ofName(view.type(), Math.toIntExact(view.width(0)))
                : schema != null ? NumpyTypes.of(schema)
                : "|V" + structure.elementSize());
        return described;
    }

    /** Of elements row by row and without gaps. */
    static List<Long> strides(List<Long> lengths, long stride) {
        List<Long> strides = new ArrayList<>();
        long next = stride;
        for (long length : lengths.reversed()) {
            strides.addFirst(next);
            next *= length;
        }
        return strides;
    }
}
