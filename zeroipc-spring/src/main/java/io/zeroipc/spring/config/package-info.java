/**
 * From declared listener methods to registered containers. Knows no class of Spring Boot.
 */
@NullMarked
package io.zeroipc.spring.config;

import org.jspecify.annotations.NullMarked;
