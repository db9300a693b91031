package io.zeroipc.spring.boot.kafka.inbound;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.boot.kafka.Bridge;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeFigures;
import io.zeroipc.spring.boot.kafka.BridgeState;
import io.zeroipc.spring.core.FailureLog;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.UserCode;

/**
 * A bridge from a topic: one thread that reads, pushes and waits. An absent broker, topic or segment, and another process that
 * carries the same bridge, are waited for; a record that cannot be carried ends it. Thread-safe.
 */
public final class InboundBridge implements Bridge {

    private static final Log LOG = LogFactory.getLog(InboundBridge.class);
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    private final BridgeDefinition definition;
    private final Course course;
    private final Carrier carrier;
    private final BooleanSupplier reattaching;
    private final FailureLog failures = new FailureLog();
    private final ReentrantLock lifecycle = new ReentrantLock();
    /** Guarded by the lock. */
    private @Nullable Thread thread;

    /** @param reattaching whether a segment that was replaced is followed */
    InboundBridge(BridgeDefinition definition, Course course, Carrier carrier, BooleanSupplier reattaching) {
        this.definition = definition;
        this.course = course;
        this.carrier = carrier;
        this.reattaching = reattaching;
    }

    @Override
    public BridgeDefinition definition() {
        return definition;
    }

    @Override
    public void start() {
        lifecycle.lock();
        try {
            if (!isAlive()) {
                course.begin();
                thread = Thread.ofPlatform().name("zeroipc-bridge-" + definition.name()).daemon(true).start(this::run);
            }
        } finally {
            lifecycle.unlock();
        }
    }

    @Override
    public void stop() {
        lifecycle.lock();
        try {
            Thread present = thread;
            if (present != null) {
                course.stop();
                // Whoever hears in its thread that a table is filled may stop it, and cannot wait for himself.
                if (!present.equals(Thread.currentThread())) {
                    present.join();
                    thread = null;
                    course.stopped();
                }
            }
        } catch (InterruptedException e) {
            // It ends by itself: nothing that it waits in takes longer than a few seconds.
            Thread.currentThread().interrupt();
        } finally {
            lifecycle.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        lifecycle.lock();
        try {
            return isAlive();
        } finally {
            lifecycle.unlock();
        }
    }

    private boolean isAlive() {
        return thread != null && thread.isAlive();
    }

    @Override
    public void pause() {
        course.pause(true);
    }

    @Override
    public void resume() {
        course.pause(false);
    }

    @Override
    public BridgeState state() {
        return course.state();
    }

    @Override
    public BridgeFigures figures() {
        return course.figures();
    }

    /** Elements that had been sent by a bridge of this machine and base directory, and were dropped; also among the duplicates. */
    public long loops() {
        return course.loops();
    }

    /** Whether a map or a state has all that its topic had when the bridge was started. Stays false for other structures. */
    public boolean isFilled() {
        return course.isFilled();
    }

    /**
     * Waits until a map or a state has all that its topic had when the bridge was started.
     *
     * @return false when that was not so in time
     */
    public boolean awaitFilled(Duration timeout) throws InterruptedException {
        return course.awaitFilled(timeout);
    }

    private void run() {
        String error = null;
        try {
            while (!course.isStopping() && error == null) {
                error = attempt();
            }
        } catch (InterruptedException e) {
            error = "interrupted";
        } finally {
            course.ended(error);
        }
    }

    /** Carries; what ends the bridge for good, or null to try again. */
    private @Nullable String attempt() throws InterruptedException {
        Throwable problem = null;
        try {
            carrier.carry();
        } catch (WakeupException e) {
            // It is to stop.
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            problem = e;
        }
        if (problem == null || course.isStopping()) {
            return null;
        }
        String message = UserCode.describe(reason(problem));
        course.addFailed(message);
        if (passes(problem)) {
            course.waiting(message);
            failures.failed("bridge cannot go on: " + definition.describe() + ": " + message, "it tries again",
                    problem);
            course.sleep(RETRY_INTERVAL);
            return null;
        }
        UserCode.logFault(LOG, "bridge has ended: " + definition.describe() + ": " + message, problem);
        return message;
    }

    /** That a client could not be made says nothing; why does. */
    private static Throwable reason(Throwable problem) {
        return problem instanceof KafkaException && problem.getCause() instanceof KafkaException cause
                ? cause
                : problem;
    }

    /** Whether it can go on when somebody else has done something: started the broker, or ended. */
    private boolean passes(Throwable problem) {
        return switch (problem) {
            case SegmentDetachedException _ -> reattaching.getAsBoolean();
            case ConfigException _,StructureMismatchException _,UnsupportedChannelTypeException _ -> false;
            case KafkaException _,ZeroIpcException _ -> true;
            default -> false;
        };
    }
}
