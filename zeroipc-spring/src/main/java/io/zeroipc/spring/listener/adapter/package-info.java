/**
 * From one element, or a batch of them, to the arguments of a listener method.
 */
@NullMarked
package io.zeroipc.spring.listener.adapter;

import org.jspecify.annotations.NullMarked;
