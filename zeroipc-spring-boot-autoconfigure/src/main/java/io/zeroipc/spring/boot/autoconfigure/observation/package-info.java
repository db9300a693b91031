/**
 * Auto-configuration of the observations; backs off without a registry of observations.
 */
@NullMarked
package io.zeroipc.spring.boot.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
