/**
 * Measurements of the engine beside its peers, in one run and through one interface, so that the figures can be
 * compared. How to run and read them: {@code docs/performance.md}.
 */
@NullMarked
package io.zeroipc.benchmarks;

import org.jspecify.annotations.NullMarked;
