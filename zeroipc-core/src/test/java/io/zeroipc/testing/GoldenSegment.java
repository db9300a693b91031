package io.zeroipc.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A segment that the C++ implementation wrote, see {@code src/test/resources/golden}. */
public final class GoldenSegment {

    public static final int SIZE = 1 << 20;
    public static final int MAX_ENTRIES = 128;

    private GoldenSegment() {
    }

    /** The whole segment. */
    public static byte[] bytes() {
        try (InputStream input = GoldenSegment.class.getResourceAsStream("/golden/cpp-one-of-each-max128.bin")) {
            return Arrays.copyOf(input.readAllBytes(), SIZE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes from one offset up to another. */
    public static byte[] bytes(long from, long to) {
        return Arrays.copyOfRange(bytes(), Math.toIntExact(from), Math.toIntExact(to));
    }

    /** A copy of the segment as a file in this directory. */
    public static Path copyTo(Path directory) {
        try {
            return Files.write(directory.resolve("golden"), bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
