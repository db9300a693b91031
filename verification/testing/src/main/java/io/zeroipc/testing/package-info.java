/**
 * What tests of every module share: which external tools they need, and whether native access is allowed.
 */
@NullMarked
package io.zeroipc.testing;

import org.jspecify.annotations.NullMarked;
