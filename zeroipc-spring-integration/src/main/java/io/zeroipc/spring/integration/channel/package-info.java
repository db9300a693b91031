/**
 * Channels of Spring Integration whose messages lie in shared memory.
 */
@NullMarked
package io.zeroipc.spring.integration.channel;

import org.jspecify.annotations.NullMarked;
