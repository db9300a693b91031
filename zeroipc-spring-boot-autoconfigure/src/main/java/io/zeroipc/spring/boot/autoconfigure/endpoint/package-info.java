/**
 * Auto-configuration of the actuator endpoints; backs off without the actuator.
 */
@NullMarked
package io.zeroipc.spring.boot.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
