/**
 * What the engine needs from the operating system: byte-range locks, reserved file space, file and process identity,
 * futexes, and events of processes and files.
 *
 * <p>
 * Everything but futexes and events works without native access; with it the locks belong to one open file description instead
 * of the whole process, and space is reserved by the kernel instead of by writing zeros. No restricted method is called
 * unless {@link io.zeroipc.os.NativeAccess#isAvailable()} says so, hence the JVM never prints a warning because of this
 * package. Nothing here knows what a segment, a table or a structure is.
 */
@NullMarked
package io.zeroipc.os;

import org.jspecify.annotations.NullMarked;
