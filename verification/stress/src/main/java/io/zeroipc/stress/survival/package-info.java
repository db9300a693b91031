/**
 * What the survivors see when a process is killed in the middle of something: processes that use one structure together are
 * killed at random moments and replaced, and everything they did is compared with what the structure promises. Each of them keeps
 * a journal in a file of its own, which outlives it. How to run it: {@code CONTRIBUTING.md}.
 */
@NullMarked
package io.zeroipc.stress.survival;

import org.jspecify.annotations.NullMarked;
