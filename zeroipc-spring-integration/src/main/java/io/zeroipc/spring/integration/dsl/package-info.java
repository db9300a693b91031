/**
 * The DSL of Spring Integration for what this module has.
 */
@NullMarked
package io.zeroipc.spring.integration.dsl;

import org.jspecify.annotations.NullMarked;
