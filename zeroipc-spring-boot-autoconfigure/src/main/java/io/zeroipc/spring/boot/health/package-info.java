/**
 * Health of the open segments.
 */
@NullMarked
package io.zeroipc.spring.boot.health;

import org.jspecify.annotations.NullMarked;
