/** Wires the binder, its health, and the defaults of its bindings. */
@NullMarked
package io.zeroipc.spring.cloud.stream.binder.config;

import org.jspecify.annotations.NullMarked;
