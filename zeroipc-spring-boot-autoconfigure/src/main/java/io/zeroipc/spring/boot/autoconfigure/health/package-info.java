/**
 * Auto-configuration of the health contributors; backs off without {@code spring-boot-health}.
 */
@NullMarked
package io.zeroipc.spring.boot.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
