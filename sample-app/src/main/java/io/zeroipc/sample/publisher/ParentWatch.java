package io.zeroipc.sample.publisher;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Notices the end of the process that started this one, also when it was killed. Either of two signs will do: the pipe
 * that the parent holds open as our standard input ends with it, at once; and its process id is gone.
 */
final class ParentWatch {

    private ParentWatch() {
    }

    /**
     * @param parent process id
     * @param input this process's standard input, to which the parent never writes
     * @param whenGone called once or twice, in a thread of its own
     */
    static void start(long parent, InputStream input, Runnable whenGone) {
        watch("parent-process", () -> ProcessHandle.of(parent).ifPresent(handle -> handle.onExit().join()), whenGone);
        watch("parent-pipe", () -> readToTheEnd(input), whenGone);
    }

    private static void watch(String name, Runnable waiting, Runnable whenGone) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            waiting.run();
            whenGone.run();
        });
    }

    private static void readToTheEnd(InputStream input) {
        try {
            input.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // A broken pipe says the same as its end.
        }
    }
}
