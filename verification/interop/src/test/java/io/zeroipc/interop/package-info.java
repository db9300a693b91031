/**
 * Java beside programs in C++ and Python on one segment, both directions of each structure, while both sides run. The
 * peers in {@code src/test/cpp} and {@code src/test/python} are written from {@code docs/format} and from nothing else:
 * what these tests prove is that the pages and the engine say the same.
 */
@NullMarked
package io.zeroipc.interop;

import org.jspecify.annotations.NullMarked;
