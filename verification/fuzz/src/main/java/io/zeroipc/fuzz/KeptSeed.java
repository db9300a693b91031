package io.zeroipc.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A seed that has found something.
 *
 * @param seed of the case
 * @param image by its name: it stays what it is when others come along
 * @param reason what was found
 */
record KeptSeed(long seed, String image, String reason) {

    private static final String FILE = "kept-seeds.txt";

    /** All of them. */
    static List<KeptSeed> all() throws IOException {
        InputStream file = Objects.requireNonNull(KeptSeed.class.getResourceAsStream(FILE), FILE);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).map(KeptSeed::parse).toList();
        }
    }

    private static KeptSeed parse(String line) {
        List<String> parts = List.of(line.split("\\s*\\|\\s*", 3));
        if (parts.size() != 3) {
            throw new IllegalArgumentException("not a kept seed: line=" + line + " (expected: seed | image | reason)");
        }
        return new KeptSeed(Long.parseLong(parts.get(0)), parts.get(1), parts.get(2));
    }
}
