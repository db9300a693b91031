/**
 * What the info endpoint tells.
 */
@NullMarked
package io.zeroipc.spring.boot.actuate.info;

import org.jspecify.annotations.NullMarked;
