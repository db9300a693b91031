/**
 * The page at {@code /}: what browsers are told about segments, listeners and figures, and how. Nobody waits for a
 * browser here.
 */
@NullMarked
package io.zeroipc.sample.dashboard;

import org.jspecify.annotations.NullMarked;
