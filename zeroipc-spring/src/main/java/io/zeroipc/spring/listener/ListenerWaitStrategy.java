package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.Locale;

import io.zeroipc.spring.core.FailureLog;
import io.zeroipc.spring.core.UserCode;
import io.zeroipc.wait.Blocking;
import io.zeroipc.wait.WaitStrategy;

/**
 * What a consumer does while its channel is empty, with the name that reports show.
 *
 * @param name the alias, or the bean name of a strategy of the application
 * @param strategy what is asked to idle
 */
public record ListenerWaitStrategy(String name, WaitStrategy strategy) {

    /** Spins for a moment, then sleeps until an element arrives, where that is possible. */
    public static final ListenerWaitStrategy BLOCK = ofName(WaitStrategy.BLOCK);

    /**
     * The strategy of an alias of {@link WaitStrategy#ofName}.
     *
     * @throws IllegalArgumentException when there is no such alias
     */
    public static ListenerWaitStrategy ofName(String alias) {
        WaitStrategy strategy = WaitStrategy.ofName(alias);
        return new ListenerWaitStrategy(alias.toLowerCase(Locale.ROOT), strategy);
    }

    /** {@link #BLOCK} with other intervals: see {@link WaitStrategy#block(Duration, Duration)}. */
    public static ListenerWaitStrategy block(Duration foreignPollInterval, Duration maxIdleDelay) {
        return new ListenerWaitStrategy(WaitStrategy.BLOCK, WaitStrategy.block(foreignPollInterval, maxIdleDelay));
    }

    /**
     * Whether waiting gives its processor away each time. Only then may a consumer run in a virtual thread: another one
     * would occupy its carrier for as long as it waits.
     */
    public boolean suitsVirtualThreads() {
        return name.equals(WaitStrategy.PARK) || strategy instanceof Blocking;
    }

    /** The strategy; where it throws, which none may, that is logged and the thread sleeps for a moment. */
    WaitStrategy guarded() {
        if (strategy instanceof Blocking) {
            // Whoever waits is to recognise it, and it does not throw.
            return strategy;
        }
        FailureLog faults = new FailureLog();
        WaitStrategy instead = WaitStrategy.park();
        return attempts -> UserCode.<Integer>call(() -> strategy.idle(attempts), e -> {
            faults.failed("wait strategy failed: strategy=" + name + ", error=" + UserCode.describe(e),
                    "waited as park does", e);
            return instead.idle(attempts);
        });
    }

    @Override
    public String toString() {
        return name;
    }
}
