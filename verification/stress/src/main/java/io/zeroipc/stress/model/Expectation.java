package io.zeroipc.stress.model;

/** What the checker must find in a scenario. */
enum Expectation {

    /** No violation, and no wedged state. */
    SOUND,
    /** No violation; wedged states there are, and they are counted. */
    SAFE,
    /** A violation. */
    VIOLATION,
    /** No violation before the last state, and wedged states that there must not be. */
    WEDGED;

    boolean isMetBy(Verdict verdict) {
        return switch (this) {
            case SOUND -> verdict.isComplete() && verdict.violation() == null && verdict.wedged() == 0;
            case SAFE, WEDGED -> verdict.isComplete() && verdict.violation() == null && verdict.wedged() > 0;
            case VIOLATION -> verdict.violation() != null;
        };
    }
}
