/**
 * Describes any segment without the application's types: what is in it, of which kind, and how full.
 */
@NullMarked
package io.zeroipc.inspect;

import org.jspecify.annotations.NullMarked;
