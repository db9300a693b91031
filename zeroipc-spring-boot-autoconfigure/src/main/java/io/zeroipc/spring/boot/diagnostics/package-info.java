/**
 * Failure analyzers: what is wrong, which value, and the way out.
 */
@NullMarked
package io.zeroipc.spring.boot.diagnostics;

import org.jspecify.annotations.NullMarked;
