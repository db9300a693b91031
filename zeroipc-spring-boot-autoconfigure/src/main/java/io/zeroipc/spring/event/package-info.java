/**
 * What listener containers tell the application: started, stopped, paused, resumed.
 */
@NullMarked
package io.zeroipc.spring.event;

import org.jspecify.annotations.NullMarked;
