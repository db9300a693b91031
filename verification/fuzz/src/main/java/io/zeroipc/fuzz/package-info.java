/**
 * Segments with wrong bytes: millions of copies of good ones, each changed in some places, before it is opened or while it
 * is used, and everything done to them that the engine can do. What comes out is a result or one of the documented
 * exceptions, soon. How to run it: {@code CONTRIBUTING.md}.
 */
@NullMarked
package io.zeroipc.fuzz;

import org.jspecify.annotations.NullMarked;
