/**
 * A mapped region, its table, and the one opener of structures: naming, allocation, publication, validation of foreign
 * bytes, and closing happen here once, for every structure.
 */
@NullMarked
package io.zeroipc.segment;

import org.jspecify.annotations.NullMarked;
