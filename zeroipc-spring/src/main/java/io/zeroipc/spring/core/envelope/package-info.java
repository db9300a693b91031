/**
 * Headers and a payload in one element, for channels whose elements are frames. Knows bytes, and neither structures nor
 * Spring.
 */
@NullMarked
package io.zeroipc.spring.core.envelope;

import org.jspecify.annotations.NullMarked;
