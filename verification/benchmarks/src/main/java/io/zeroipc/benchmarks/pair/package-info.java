/**
 * Measurements between two processes: one JVM on one processor, its partner on another one, and ours and its peers in turn in short
 * slices of one run. {@link io.zeroipc.benchmarks.pair.Pair} is the command; what it does and how to read what it writes:
 * {@code docs/performance.md}. {@link io.zeroipc.benchmarks.pair.Listening} does so within one JVM, with methods that frameworks call.
 */
@NullMarked
package io.zeroipc.benchmarks.pair;

import org.jspecify.annotations.NullMarked;
