/**
 * How a caller spends the time while it cannot proceed, and until when.
 *
 * <p>
 * A waiting loop belongs to the structure that waits: it tries, asks the strategy to idle, looks at the interrupt status
 * and at the deadline, and tries again. Nothing in this package allocates on that path or swallows an interrupt.
 */
@NullMarked
package io.zeroipc.wait;

import org.jspecify.annotations.NullMarked;
