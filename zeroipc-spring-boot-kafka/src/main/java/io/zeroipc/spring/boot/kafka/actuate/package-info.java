/** What shows bridges: health, meters and the endpoint. */
@NullMarked
package io.zeroipc.spring.boot.kafka.actuate;

import org.jspecify.annotations.NullMarked;
