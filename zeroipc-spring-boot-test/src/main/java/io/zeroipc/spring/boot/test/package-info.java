/** What tests look at segments and listeners with. */
@NullMarked
package io.zeroipc.spring.boot.test;

import org.jspecify.annotations.NullMarked;
