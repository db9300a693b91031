/** From topics to structures: a consumer that commits what has been pushed. */
@NullMarked
package io.zeroipc.spring.boot.kafka.inbound;

import org.jspecify.annotations.NullMarked;
