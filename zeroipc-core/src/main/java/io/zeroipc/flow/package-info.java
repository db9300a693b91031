/**
 * Structures that carry values from one side to another: channel, stream, state, signal, future and lazy value.
 */
@NullMarked
package io.zeroipc.flow;

import org.jspecify.annotations.NullMarked;
