/** From structures to topics: a listener that acknowledges what the broker has acknowledged. */
@NullMarked
package io.zeroipc.spring.boot.kafka.outbound;

import org.jspecify.annotations.NullMarked;
