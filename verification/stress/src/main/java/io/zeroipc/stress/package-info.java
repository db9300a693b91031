/**
 * What two threads can see of one structure when they use it at the same moment, tried millions of times by jcstress. Every
 * outcome that a structure promises is listed with its sentence; all others are bugs. How to run it: {@code CONTRIBUTING.md}.
 */
@NullMarked
package io.zeroipc.stress;

import org.jspecify.annotations.NullMarked;
