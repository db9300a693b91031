/**
 * From shared memory into flows.
 */
@NullMarked
package io.zeroipc.spring.integration.inbound;

import org.jspecify.annotations.NullMarked;
