package io.zeroipc.fuzz;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Something that must not happen.
 *
 * @param seed of the case
 * @param image what was changed
 * @param step what was done with it
 * @param what happened: the class of an exception, {@code hang}, {@code death}, {@code allocation}
 * @param message of the exception, or figures
 * @param stack the innermost frames, the innermost first
 */
record Finding(long seed, String image, String step, String what, String message, List<String> stack) {

    static final String HANG = "hang";
    static final String DEATH = "death";
    static final String ALLOCATION = "allocation";
    static final String RESULT = "result";

    private static final int FRAMES_MAX = 12;
    private static final String SEPARATOR = "\t";
    private static final String BETWEEN_FRAMES = " < ";
    private static final List<String> TOOLS = List.of("io.zeroipc.memory.", "io.zeroipc.codec.", "io.zeroipc.wait.",
            "io.zeroipc.segment.Attachment.",
            "io.zeroipc.segment.EventCount.");
    private static final String OURS = Finding.class.getPackageName() + ".";

    static Finding of(long seed, String image, String step, Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && (root instanceof ExecutionException || root instanceof CompletionException)) {
            root = root.getCause();
        }
        return new Finding(seed, image, step, root.getClass().getName(), String.valueOf(root.getMessage()),
                frames(root.getStackTrace()));
    }

    static List<String> frames(StackTraceElement[] trace) {
        // What the JDK does inside its own methods says nothing, nor do the last frames, which are ours.
        return IntStream.range(0, trace.length)
                .filter(i -> i < 2 || isOfTheEngine(trace[i].getClassName()))
                .limit(FRAMES_MAX)
                .mapToObj(i -> trace[i])
                .map(frame -> frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
                .toList();
    }

    /** What makes two findings one fault: what happened, and the innermost frame of the engine that is more than a tool. */
    String group() {
        if (what.equals(HANG)) {
            return what + " in " + step;
        }
        return what + " at " + stack.stream()
                .filter(frame -> isOfTheEngine(frame) && TOOLS.stream().noneMatch(frame::startsWith))
                .findFirst()
                .map(frame -> frame.substring("io.zeroipc.".length(), frame.lastIndexOf(':')))
                .orElse(step);
    }

    private static boolean isOfTheEngine(String frame) {
        return frame.startsWith("io.zeroipc.") && !frame.startsWith(OURS);
    }

    /** One line, for {@link #parse}. */
    String line() {
        return String.join(SEPARATOR, Long.toString(seed), clean(image), clean(step), clean(what), clean(message),
                stack.stream().map(Finding::clean).collect(Collectors.joining(BETWEEN_FRAMES)));
    }

    static Finding parse(String line) {
        String[] parts = line.split(SEPARATOR, -1);
        return new Finding(Long.parseLong(parts[0]), parts[1], parts[2], parts[3], parts[4],
                List.of(parts[5].split(BETWEEN_FRAMES)));
    }

    private static String clean(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    public String toString() {
        return what + ": " + message + "\n    seed=" + seed + ", image=" + image + ", step=" + step + "\n        at "
                + String.join("\n        at ", stack);
    }
}
