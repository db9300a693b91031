/**
 * Ordered access to shared bytes, and nothing else: the one place with VarHandles, alignment, powers of two and
 * unsigned 32-bit arithmetic. The name of an access says its memory ordering.
 */
@NullMarked
package io.zeroipc.memory;

import org.jspecify.annotations.NullMarked;
