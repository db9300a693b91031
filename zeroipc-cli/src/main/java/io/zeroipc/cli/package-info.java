/**
 * The command {@code zeroipc}: what is in a segment, how full it is, and how it changes; and a hand on its structures.
 */
@NullMarked
package io.zeroipc.cli;

import org.jspecify.annotations.NullMarked;
