/**
 * What a native image has to know about the listener framework.
 */
@NullMarked
package io.zeroipc.spring.aot;

import org.jspecify.annotations.NullMarked;
