/**
 * Structures that carry values from one side to another: channel, state and signal.
 */
@NullMarked
package io.zeroipc.flow;

import org.jspecify.annotations.NullMarked;
