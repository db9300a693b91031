/**
 * Between what an application works with and the bytes or texts that a channel carries: JSON, plain text, and whatever
 * the application adds.
 */
@NullMarked
package io.zeroipc.spring.converter;

import org.jspecify.annotations.NullMarked;
