/**
 * What listener containers tell the application: started, stopped, paused, resumed, idle.
 */
@NullMarked
package io.zeroipc.spring.event;

import org.jspecify.annotations.NullMarked;
