/**
 * What the application is told: of listener containers, which are started, stopped, paused, resumed and idle; and of segments,
 * whose participants join, leave and die.
 */
@NullMarked
package io.zeroipc.spring.event;

import org.jspecify.annotations.NullMarked;
