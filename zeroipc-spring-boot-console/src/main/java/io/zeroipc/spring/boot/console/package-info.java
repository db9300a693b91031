/**
 * A page for operators under the management path of any application. It reads the endpoints, and has no data of its own.
 */
@NullMarked
package io.zeroipc.spring.boot.console;

import org.jspecify.annotations.NullMarked;
