/**
 * Sending and receiving by the name of a channel: the template, and the registry of open segments.
 */
@NullMarked
package io.zeroipc.spring.core;

import org.jspecify.annotations.NullMarked;
