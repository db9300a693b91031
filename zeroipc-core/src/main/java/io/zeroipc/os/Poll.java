package io.zeroipc.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/** Sleeping until the kernel has something to say of one of several descriptors: ppoll(2). */
public final class Poll {
    private static final long SIZE = Libc.POLLFD.byteSize();
    private static final long FD = Libc.POLLFD.byteOffset(PathElement.groupElement("fd"));
    private static final long EVENTS = Libc.POLLFD.byteOffset(PathElement.groupElement("events"));
    private static final long RETURNED = Libc.POLLFD.byteOffset(PathElement.groupElement("revents"));

    private Poll() {
    }

    /**
     * Blocks the calling platform thread; an interrupt does not end it.
     *
     * @param descriptors none of them is closed meanwhile
     * @param timeoutNanos at most so long; zero or less returns at once
     * @return those of which there is something to read or to know; those that turned out to be
     *         {@linkplain Descriptor#isClosed() closed} by somebody else among them. None when the time is over, or a signal came
     * @throws IOException if the kernel does not do it: then it did not block either
     */
    public static List<Descriptor> await(List<? extends Descriptor> descriptors, long timeoutNanos) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = arena.allocate(Libc.POLLFD, descriptors.size());
            for (int i = 0; i < descriptors.size(); i++) {
                array.set(JAVA_INT, i * SIZE + FD, descriptors.get(i).fd());
                array.set(JAVA_SHORT, i * SIZE + EVENTS, Libc.POLLIN);
            }
            int result = Libc.poll(array, descriptors.size(), Math.max(0, timeoutNanos));
            if (result < 0 && result != -Libc.EINTR) {
                throw new IOException("native call failed: function=ppoll, errno=" + -result + ", descriptors="
                        + descriptors.size());
            }
            List<Descriptor> found = new ArrayList<>(0);
            for (int i = 0; result > 0 && i < descriptors.size(); i++) {
                short returned = array.get(JAVA_SHORT, i * SIZE + RETURNED);
                if ((returned & Libc.POLLNVAL) != 0) {
                    descriptors.get(i).lost();
                }
                if (returned != 0) {
                    found.add(descriptors.get(i));
                }
            }
            return found;
        }
    }
}
