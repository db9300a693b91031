/** From destinations and groups to segments and queues: how they come into being, and how others find them. */
@NullMarked
package io.zeroipc.spring.cloud.stream.binder.provisioning;

import org.jspecify.annotations.NullMarked;
