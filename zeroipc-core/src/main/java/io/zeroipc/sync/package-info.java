/**
 * Structures that make threads of several processes wait for each other: locks, counts of permits, meeting points.
 *
 * <p>
 * Conventions. {@code try...} never waits. What waits can be interrupted, ends with the segment ({@link
 * java.lang.IllegalStateException} when it is closed, {@code SegmentDetachedException} when its file is replaced), and has
 * a form with a {@link java.time.Duration} that gives up; zero or less means one attempt. All of this holds whoever was killed,
 * and with what. A counter of waiting threads in shared memory is given back in all of these cases. Waiting is a loop of attempts
 * with the segment's wait strategy between them: there is no queue, so no order among those who wait.
 *
 * <p>
 * Happens-before, across processes: what a thread did before it released, unlocked, counted down, arrived, signalled or
 * finished happens before what a thread does after the acquisition, lock or wait that this made possible.
 *
 * <p>
 * The bytes name no owner. Whoever dies with a lock, a permit or an arrival leaves it so, and the others wait until somebody who
 * knows frees it, or until their time is up; nothing is repaired on a timeout, since a stopped process is alive. The pages of
 * {@code docs/format} list what is left after each store.
 *
 * <p>
 * Closing. What a thread holds can be ended after the segment's close has begun: {@code unlock}, a task that runs. Everything else
 * is refused, and what waits takes its traces back.
 */
@NullMarked
package io.zeroipc.sync;

import org.jspecify.annotations.NullMarked;
