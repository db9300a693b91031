/**
 * From flows into shared memory.
 */
@NullMarked
package io.zeroipc.spring.integration.outbound;

import org.jspecify.annotations.NullMarked;
