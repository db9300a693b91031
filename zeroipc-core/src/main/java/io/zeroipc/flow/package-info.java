/**
 * Structures that carry values from one side to another: channel and state.
 */
@NullMarked
package io.zeroipc.flow;

import org.jspecify.annotations.NullMarked;
