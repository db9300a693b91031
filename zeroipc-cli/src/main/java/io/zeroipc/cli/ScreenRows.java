package io.zeroipc.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** The lines of the screen, as {@code stty} tells; it may be resized at any time. Not thread-safe. */
final class ScreenRows implements IntSupplier {

    private static final File SCREEN = new File("/dev/tty");
    private static final long KEPT_NANOS = Duration.ofMillis(900).toNanos();

    private int rows;
    private long asked = System.nanoTime() - KEPT_NANOS;

    /** 0 when nobody tells. Asks once a second at most. */
    @Override
    public int getAsInt() {
        long now = System.nanoTime();
        if (now - asked >= KEPT_NANOS) {
            asked = now;
            rows = ask();
        }
        return rows;
    }

    private static int ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(SCREEN)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            stty.waitFor(1, TimeUnit.SECONDS);
            return Integer.parseInt(answer.substring(0, Math.max(0, answer.indexOf(' '))));
        } catch (IOException | NumberFormatException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
