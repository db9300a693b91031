/**
 * Auto-configuration: properties, segments and structures as beans, and the listener framework.
 */
@NullMarked
package io.zeroipc.spring.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
