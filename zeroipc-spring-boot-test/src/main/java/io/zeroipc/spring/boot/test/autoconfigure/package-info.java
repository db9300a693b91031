/** Annotations of tests, and the configuration behind them. */
@NullMarked
package io.zeroipc.spring.boot.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
