/** Bridges by configuration: what one is, how its elements look in a topic, and what it tells of itself. */
@NullMarked
package io.zeroipc.spring.boot.kafka;

import org.jspecify.annotations.NullMarked;
