/**
 * The annotations with which an application declares its listeners.
 */
@NullMarked
package io.zeroipc.spring.annotation;

import org.jspecify.annotations.NullMarked;
