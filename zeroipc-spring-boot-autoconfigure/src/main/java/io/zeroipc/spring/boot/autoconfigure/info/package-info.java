/**
 * Auto-configuration of what the info endpoint tells.
 */
@NullMarked
package io.zeroipc.spring.boot.autoconfigure.info;

import org.jspecify.annotations.NullMarked;
