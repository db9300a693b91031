/**
 * Host telemetry through a shared segment.
 */
@NullMarked
package io.zeroipc.sample;

import org.jspecify.annotations.NullMarked;
