package io.zeroipc.fuzz;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

import com.sun.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;

/**
 * Does one thing after the other with a segment, and judges what comes out: a result, or a documented exception. For the
 * thread that makes it; {@link #running()} may be asked by any.
 */
final class Steps {

    /** A step that has begun. */
    record Running(long number, long seed, String image, String step, boolean untimed, Thread thread) {}

    /** For operations that throw nothing but what all may throw. */
    static final Predicate<Throwable> NOTHING_ELSE = _ -> false;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What any operation may allocate, beyond a multiple of the bytes that are there: boxes, copies, messages. */
    private static final long ALLOCATION_MAX = 16L << 20;
    private static final int ALLOCATIONS_PER_BYTE = 16;
    /** A wait that lasts makes garbage as long as it lasts, and the more the faster the machine is. */
    private static final long ALLOCATIONS_PER_MILLI = 1L << 16;
    private static final long MILLI_NANOS = 1_000_000;
    /** Results of others are not made a text of, which takes longer than many a step. */
    private static final int STEPS_PER_TEXT = 16;
    /** A step that has waited so long has used up the patience with its case. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Consumer<Finding> findings;
    private final Thread thread = Thread.currentThread();

    private long seed;
    private String image = "";
    private String label = "";
    private long bytes;
    private Consumer<String> log = _ -> {
        // Nobody listens.
    };
    private boolean telling;
    private final Map<String, Long> taken = new HashMap<>();
    private long number;
    private boolean patient;
    private boolean unwearied;

    private volatile @Nullable Running running;

    Steps(Consumer<Finding> findings) {
        this.findings = findings;
    }

    /** A new case begins. */
    void begin(long caseSeed, Image changed, String segment) {
        seed = caseSeed;
        image = changed.name();
        label = segment;
        bytes = changed.size() + changed.catalogue().length();
        patient = true;
        note("image: ", image);
    }

    /** Never loses the patience with a case: what it does is not to depend on how fast this machine is. */
    void beUnwearied() {
        unwearied = true;
    }

    /** Tells each step, and what came out. */
    void tell(Consumer<String> listener) {
        log = listener;
        telling = true;
    }

    /** How often each step was taken. */
    Map<String, Long> taken() {
        return taken;
    }

    /** The step at work, if any. */
    @Nullable
    Running running() {
        return running;
    }

    /** Whether no step of this case has taken long: each may wait for a second, and all of them would take too long. */
    boolean isPatient() {
        return patient;
    }

    /** What the case does beside its steps. */
    private void note(String indent, @Nullable Object text) {
        // Whoever sees a result may print it.
        if (telling || number % STEPS_PER_TEXT == 0) {
            log.accept(indent + text);
        }
    }

    /** A step that may throw what the library documents for all operations, and ends by itself. */
    <T> @Nullable T run(String step, Callable<T> work) {
        return run(step, false, NOTHING_ELSE, work);
    }

    /**
     * One step.
     *
     * @param untimed whether it may wait until it is interrupted
     * @param documented which exceptions it may throw, beside those that all may throw
     * @return null also when it failed
     */
    <T> @Nullable T run(String step, boolean untimed, Predicate<Throwable> documented, Callable<T> work) {
        note("", step);
        taken.merge(step, 1L, Long::sum);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        long began = System.nanoTime();
        running = new Running(++number, seed, image, step, untimed, thread);
        T result = null;
        try {
            result = work.call();
            note("    ", result);
        } catch (Throwable error) {
            note("    ", error);
            if (!isDocumented(error, documented)) {
                report(step, error);
            }
        } finally {
            running = null;
            // Whoever was to be interrupted, was, or did not wait.
            Thread.interrupted();
        }
        long took = System.nanoTime() - began;
        patient &= unwearied || took < SLOW_NANOS;
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        long allowed = ALLOCATION_MAX + ALLOCATIONS_PER_BYTE * bytes + took / MILLI_NANOS * ALLOCATIONS_PER_MILLI;
        if (!untimed && allocated > allowed) {
            findings.accept(new Finding(seed, image, step, Finding.ALLOCATION, "bytes=" + allocated, List.of()));
        }
        return result;
    }

    /** A result that cannot be. */
    void require(String step, boolean right, @Nullable Object result) {
        if (!right) {
            findings.accept(new Finding(seed, image, step, Finding.RESULT, String.valueOf(result), List.of()));
        }
    }

    /** What came out of another thread of the library; from any thread. */
    void judge(String step, Throwable error) {
        if (!isDocumented(error, NOTHING_ELSE)) {
            report(step, error);
        }
    }

    private void report(String step, Throwable error) {
        findings.accept(Finding.of(seed, image, step, error));
    }

    private boolean isDocumented(Throwable error, Predicate<Throwable> documented) {
        if (error instanceof ZeroIpcException) {
            return error.getMessage() != null;
        }
        if (error instanceof Mischief.Thrown) {
            return true;
        }
        Throwable cause = error.getCause();
        if (cause != null && (error instanceof ExecutionException || error instanceof CompletionException)) {
            return isDocumented(cause, documented);
        }
        if (error instanceof IllegalStateException || error instanceof IllegalMonitorStateException) {
            return String.valueOf(error.getMessage()).contains(label);
        }
        return documented.test(error);
    }
}
