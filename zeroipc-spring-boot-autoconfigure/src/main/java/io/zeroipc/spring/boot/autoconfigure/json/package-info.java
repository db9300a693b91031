/**
 * Auto-configuration of JSON payloads.
 */
@NullMarked
package io.zeroipc.spring.boot.autoconfigure.json;

import org.jspecify.annotations.NullMarked;
