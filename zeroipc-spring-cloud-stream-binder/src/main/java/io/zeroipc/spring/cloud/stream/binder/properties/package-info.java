/** What an application says of its bindings and of the binder, under {@code spring.cloud.stream.zeroipc}. */
@NullMarked
package io.zeroipc.spring.cloud.stream.binder.properties;

import org.jspecify.annotations.NullMarked;
