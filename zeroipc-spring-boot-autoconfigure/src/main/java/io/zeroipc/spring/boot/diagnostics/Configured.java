package io.zeroipc.spring.boot.diagnostics;

import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

import io.zeroipc.spring.boot.autoconfigure.DeclaredSegments;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties;

/** Finds the properties behind a failure, so that its analysis can say which to change. */
final class Configured {

    private final @Nullable Environment environment;
    private final @Nullable DeclaredSegments declared;

    Configured(@Nullable Environment environment) {
        this.environment = environment;
        this.declared = environment == null ? null : read(environment);
    }

    /** The segment's properties, without a last part. */
    String segment(String name) {
        return declared != null && declared.names().contains(name)
                ? declared.property(name)
                : "zeroipc.segments." + name;
    }

    /** As {@link #segment}, of the segment that is this file. */
    String segment(Path path) {
        return key(path).map(this::segment).orElse("zeroipc.segments.<segment>");
    }

    /** What to call the segment that is this file: its name and its path, as far as they are known. */
    String describe(Path path) {
        return key(path).map(key -> "segment '" + key + "' at " + path).orElseGet(() -> "the segment at " + path);
    }

    /** The structure's properties, without a last part. */
    String structure(String segment, String entryName) {
        return declared != null && declared.names().contains(segment)
                ? declared.property(segment, entryName)
                : "zeroipc.segments." + segment + ".structures." + entryName;
    }

    /** The least size that the declared structures of the segment need; empty when that is not known. */
    Optional<Long> requiredSize(Path path) {
        DeclaredSegments segments = declared;
        return segments == null ? Optional.empty() : key(path).flatMap(segments::requiredSize);
    }

    /** The bytes of the segment's table and of each declared structure; empty when that is not known. */
    Optional<String> describeSizes(Path path) {
        DeclaredSegments segments = declared;
        return segments == null ? Optional.empty() : key(path).flatMap(segments::describeSizes);
    }

    /** Whether nothing can be created in the segment. */
    boolean isReadOnly(String name) {
        return declared != null && declared.names().contains(name)
                && declared.mode(name).filter(ZeroIpcProperties.SegmentMode.READ_ONLY::equals).isPresent();
    }

    /** How long a start waits for what is not there; empty when it does not wait. */
    Optional<String> waited() {
        Environment properties = environment;
        if (properties == null
                || !"retry".equalsIgnoreCase(properties.getProperty("zeroipc.startup-failure-policy"))) {
            return Optional.empty();
        }
        return Optional.of(Binder.get(properties)
                .bindOrCreate("zeroipc", ZeroIpcProperties.class)
                .openTimeout())
                .map(time -> DurationFormatterUtils.print(time, DurationFormat.Style.SIMPLE,
                        DurationFormat.Unit.MILLIS));
    }

    private Optional<String> key(Path path) {
        DeclaredSegments segments = declared;
        return segments == null
                ? Optional.empty()
                : segments.names()
                        .stream()
                        .filter(name -> segments.path(name).filter(path::equals).isPresent())
                        .findFirst();
    }

    private static @Nullable DeclaredSegments read(Environment environment) {
        try {
            return DeclaredSegments.read(environment);
        } catch (RuntimeException e) {
            // The properties themselves are wrong, which is another failure than the one at hand.
            return null;
        }
    }
}
