package io.zeroipc.os;

import org.jspecify.annotations.Nullable;

/**
 * Another process, by a descriptor that {@link Poll} finds as soon as it is dead: pidfd_open(2). Its locks are free then, and its
 * mappings gone, unless a child process has inherited them.
 */
public final class ProcessDescriptor extends Descriptor {

    private ProcessDescriptor(int fd) {
        super(fd);
    }

    /**
     * Opens this very process, and never a later one that got its number.
     *
     * @return null when it is gone, or when it cannot be watched: without native access, before Linux 5.3, in a sandbox, with too
     *         many descriptors, or where {@code /proc} hides it
     */
    public static @Nullable ProcessDescriptor open(ProcessIdentity process) {
        if (!NativeAccess.isAvailable() || process.pid() <= 0 || process.pid() > Integer.MAX_VALUE) {
            return null;
        }
        int fd = Libc.processDescriptor((int) process.pid());
        if (fd < 0) {
            return null;
        }
        ProcessDescriptor opened = new ProcessDescriptor(fd);
        // Looked at behind the opening: if it has the number still, it had it when the number was opened.
        if (ProcessIdentity.of(process.pid()).filter(process::equals).isEmpty()) {
            opened.close();
            return null;
        }
        return opened;
    }
}
