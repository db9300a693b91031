package io.zeroipc.sample;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Awaits with a limit that only a hanging test reaches, also on a machine that does other things. */
public final class Patiently {

    private Patiently() {
    }

    public static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofMinutes(2));
    }
}
