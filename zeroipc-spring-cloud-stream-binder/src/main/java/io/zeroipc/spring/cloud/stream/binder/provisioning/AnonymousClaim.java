package io.zeroipc.spring.cloud.stream.binder.provisioning;

import io.zeroipc.segment.Role;

/**
 * A queue that belongs to one consumer without a group, for as long as that lives: the kernel holds the role, and frees it when the
 * process dies.
 *
 * @param queue that nobody else consumes
 * @param owner proves it
 */
public record AnonymousClaim(GroupQueue queue, Role owner) {

    /** Gives the queue back, empty, for the next. */
    void release() {
        try {
            queue.clear();
        } catch (IllegalStateException _) {
            // The segment is closed, and has given the role back.
        } finally {
            owner.close();
        }
    }
}
