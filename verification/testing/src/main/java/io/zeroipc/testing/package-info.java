/**
 * What tests of every module share: which external tools they need, whether native access is allowed, and that they end.
 */
@NullMarked
package io.zeroipc.testing;

import org.jspecify.annotations.NullMarked;
