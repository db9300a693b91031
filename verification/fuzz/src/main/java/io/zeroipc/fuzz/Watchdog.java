package io.zeroipc.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.zeroipc.fuzz.Steps.Running;

/**
 * Finds steps that do not end. Counts its own turns and not the clock's: on a machine that stands still, or has no time for
 * this process, nothing has waited.
 */
final class Watchdog {

    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int TURNS_BEFORE_INTERRUPT = 5;
    private static final int TURNS_MAX = 20;

    private Watchdog() {
    }

    /**
     * Watches from now on.
     *
     * @param hung gets a step that took two seconds, or so long after it was interrupted; the process cannot go on then
     */
    static void watch(List<Steps> all, Consumer<Finding> hung) {
        Thread.ofPlatform().daemon().name("watchdog").start(() -> {
            long[] numbers = new long[all.size()];
            int[] turns = new int[all.size()];
            while (true) {
                LockSupport.parkNanos(TURN_NANOS);
                for (int i = 0; i < numbers.length; i++) {
                    Running running = all.get(i).running();
                    if (running == null || running.number() != numbers[i]) {
                        numbers[i] = running == null ? 0 : running.number();
                        turns[i] = 0;
                        continue;
                    }
                    turns[i]++;
                    if (running.untimed() && turns[i] == TURNS_BEFORE_INTERRUPT) {
                        running.thread().interrupt();
                    }
                    if (turns[i] == TURNS_MAX + (running.untimed() ? TURNS_BEFORE_INTERRUPT : 0)) {
                        hung.accept(describe(running));
                    }
                }
            }
        });
    }

    private static Finding describe(Running running) {
        List<String> stack = new ArrayList<>(Finding.frames(running.thread().getStackTrace()));
        // What it waits for may be another thread of the library.
        for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
            if (each.getKey().getName().startsWith("zeroipc")) {
                stack.add("thread " + each.getKey().getName());
                stack.addAll(Finding.frames(each.getValue()));
            }
        }
        return new Finding(running.seed(), running.image(), running.step(), Finding.HANG,
                (running.untimed() ? "interrupted" : "timed") + ", turns=" + TURNS_MAX, stack);
    }
}
