/**
 * Containers that take elements from a structure and hand them to a listener: threads, lifecycle, error handling.
 */
@NullMarked
package io.zeroipc.spring.listener;

import org.jspecify.annotations.NullMarked;
