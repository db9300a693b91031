/**
 * The values everyone shares: exceptions, the kinds of structures, and how full one is. Knows no other package.
 */
@NullMarked
package io.zeroipc;

import org.jspecify.annotations.NullMarked;
