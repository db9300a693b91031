/**
 * Auto-configuration of the meters; backs off without Micrometer.
 */
@NullMarked
package io.zeroipc.spring.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
