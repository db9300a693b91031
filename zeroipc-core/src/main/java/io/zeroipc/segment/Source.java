package io.zeroipc.segment;

/**
 * A structure that elements arrive at, so that a listener can be attached to it without knowing its kind.
 *
 * @param <T> the element
 */
public interface Source<T> extends Structure {

    /** Whether two intakes can never be open at once, in this or any process. */
    boolean isSingleConsumer();

    /**
     * Whether every intake sees every element, so that several of them multiply the work. Otherwise intakes compete: an
     * element that one of them took is gone for the others.
     */
    default boolean isBroadcast() {
        return false;
    }

    /**
     * Begins to consume. Takes the consuming role where the structure has only one.
     *
     * @param start where to begin; structures that remove what is read always begin at the oldest element
     * @throws io.zeroipc.RoleTakenException when somebody else holds that role
     */
    Intake<T> intake(Start start);

    /** Whether elements can be kept until they are processed: whether there is a {@link #committingIntake}. */
    default boolean canCommit() {
        return false;
    }

    /**
     * Begins to consume, at the oldest element there is, and removes only what is committed. Where several intakes can be open, they
     * compete: what one of them has taken no other one gets, unless it closes before it has committed it, or its process ends.
     *
     * @throws io.zeroipc.RoleTakenException when somebody else holds the consuming role
     * @throws UnsupportedOperationException when taking an element removes it, or nothing is ever removed
     */
    default CommittingIntake<T> committingIntake() {
        throw new UnsupportedOperationException("structure cannot keep elements until they are committed: segment="
                + segment().name() + ", name=" + name() + ", type=" + kind().label());
    }

    /** Whether a reader that removes nothing can go on where an earlier one has ended: whether there is {@link #intakeBehind}. */
    default boolean canContinue() {
        return false;
    }

    /**
     * Begins to consume behind an element that an earlier intake was at. What was overwritten since then counts as lost. Where
     * nothing was ever written at that position, the structure has begun anew: the intake begins at the oldest element.
     *
     * @param position what {@link Intake#position} said of the element; -1 for the oldest one still there
     * @throws UnsupportedOperationException when elements are removed by whoever reads them, or nobody counts them
     */
    default Intake<T> intakeBehind(long position) {
        throw new UnsupportedOperationException("structure cannot be read from a position on: segment="
                + segment().name() + ", name=" + name() + ", type=" + kind().label());
    }

    /** Where a reader that removes nothing begins. */
    enum Start {
        /** With the next element that arrives. */
        LATEST,
        /** With the oldest element still there. */
        EARLIEST
    }
}
