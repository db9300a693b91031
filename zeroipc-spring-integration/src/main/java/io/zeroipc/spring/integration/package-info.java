/**
 * What adapters and channels of Spring Integration on shared memory have in common: headers, and listeners that call flows.
 */
@NullMarked
package io.zeroipc.spring.integration;

import org.jspecify.annotations.NullMarked;
