/**
 * One element to the bytes of a slot, and back; records are laid out as a C++ compiler lays out the same struct.
 */
@NullMarked
package io.zeroipc.codec;

import org.jspecify.annotations.NullMarked;
