/** A binder of Spring Cloud Stream: messages of destinations through queues in shared memory. */
@NullMarked
package io.zeroipc.spring.cloud.stream.binder;

import org.jspecify.annotations.NullMarked;
