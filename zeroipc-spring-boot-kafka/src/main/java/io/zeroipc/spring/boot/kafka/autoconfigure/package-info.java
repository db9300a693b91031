/** Wires bridges, and what shows them. */
@NullMarked
package io.zeroipc.spring.boot.kafka.autoconfigure;

import org.jspecify.annotations.NullMarked;
