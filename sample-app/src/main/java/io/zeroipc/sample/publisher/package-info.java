/**
 * The second process of the sample: takes the figures and puts them into the segment. Plain Java on
 * {@code zeroipc-core}; no Spring class is loaded here.
 */
@NullMarked
package io.zeroipc.sample.publisher;

import org.jspecify.annotations.NullMarked;
