package io.zeroipc.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The parts of an exported file that are the same for all segments: how a language opens one, and how it reads and writes each kind of
 * structure. They are files in that language, {@code cpp/ring.hpp} beside this class, so that tools for it can read them.
 */
final class PeerText {

    private final Language language;

    PeerText(Language language) {
        this.language = language;
    }

    /** The text of a part, which ends with a line's end. */
    String part(String name) {
        return text(language.label() + "/" + name + "." + language.extension());
    }

    /** A file beside this class. */
    static String text(String file) {
        try (InputStream in = PeerText.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("part of exported files is missing: file=" + file
                        + " (expected: beside the class " + PeerText.class.getName() + ")");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("part of exported files cannot be read: file=" + file, e);
        }
    }
}
