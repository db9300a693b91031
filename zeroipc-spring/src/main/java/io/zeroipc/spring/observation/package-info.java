/**
 * Observations of what listeners and template do: their names, keys and conventions.
 */
@NullMarked
package io.zeroipc.spring.observation;

import org.jspecify.annotations.NullMarked;
