/**
 * Actuator endpoints that show segments, structures and listeners.
 */
@NullMarked
package io.zeroipc.spring.boot.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
