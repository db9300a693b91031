/**
 * What the operating system offers beyond the JDK: futex, file locks, preallocation, the identity of a process. Native
 * where native access is allowed, a replacement in plain Java where it is not.
 */
@NullMarked
package io.zeroipc.os;

import org.jspecify.annotations.NullMarked;
