package io.zeroipc.segment;

/**
 * Something that a thread has changed in shared memory for as long as it waits, and that is taken back exactly once: by the
 * thread itself when it leaves, or by whoever closes the segment meanwhile. The thread of a segment that was detached takes
 * nothing back: the bytes may be gone, and those that still see them are on their own.
 */
public final class Pending implements Runnable, AutoCloseable {

    private final Attachment attachment;
    private final Runnable undo;
    private boolean over;

    private Pending(Attachment attachment, Runnable undo) {
        this.attachment = attachment;
        this.undo = undo;
    }

    /**
     * Runs {@code change}; {@code undo} runs when this is closed, unless it is settled.
     *
     * @throws IllegalStateException when the segment is closed; nothing has run
     */
    public static Pending begin(Attachment attachment, Runnable change, Runnable undo) {
        Pending pending = new Pending(attachment, undo);
        // A close at this moment waits in run() until the change is made, and undoes it.
        synchronized (pending) {
            attachment.addBeforeClose(pending);
            change.run();
        }
        return pending;
    }

    /** The change is permanent, or has been undone already. */
    public synchronized void settle() {
        over = true;
        attachment.removeBeforeClose(this);
    }

    /** Makes a last change and settles; false, without the change, when the segment was closed meanwhile. */
    public synchronized boolean settle(Runnable last) {
        if (over) {
            return false;
        }
        last.run();
        settle();
        return true;
    }

    /** Called by whoever closes the segment. */
    @Override
    public synchronized void run() {
        if (!over) {
            over = true;
            undo.run();
        }
    }

    @Override
    public synchronized void close() {
        attachment.removeBeforeClose(this);
        if (!over) {
            over = true;
            if (!attachment.isDetached()) {
                undo.run();
            }
        }
    }
}
