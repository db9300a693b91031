/**
 * How a caller spends its time while it cannot proceed, and the arithmetic of deadlines.
 */
@NullMarked
package io.zeroipc.wait;

import org.jspecify.annotations.NullMarked;
