/**
 * A second process for tests about more than one. Knows neither Spring nor the engine, so that tests of both can use it.
 */
@NullMarked
package io.zeroipc.test;

import org.jspecify.annotations.NullMarked;
