/**
 * Meters of segments, structures and listeners.
 */
@NullMarked
package io.zeroipc.spring.boot.metrics;

import org.jspecify.annotations.NullMarked;
