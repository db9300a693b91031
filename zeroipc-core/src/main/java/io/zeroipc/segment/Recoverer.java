package io.zeroipc.segment;

/**
 * Mends one structure after processes have died in the middle of its operations. Called by one thread of one process at a time,
 * which may die itself between any two steps: whoever comes next begins anew.
 */
@FunctionalInterface
public interface Recoverer {

    /**
     * Ends what can be ended, and {@linkplain Remains#settle settles} those claims of the dead that need nothing any more. What
     * cannot be decided now stays, and is looked at again. Runs inside an operation, and never waits.
     */
    void recover(Remains remains);
}
