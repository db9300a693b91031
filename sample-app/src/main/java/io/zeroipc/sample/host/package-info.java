/**
 * Reads this machine's figures: from {@code /proc}, and from the JDK where there is none. Knows nothing of segments.
 */
@NullMarked
package io.zeroipc.sample.host;

import org.jspecify.annotations.NullMarked;
