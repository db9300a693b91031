package io.zeroipc.benchmarks;

import org.jctools.queues.MessagePassingQueue;

/** A queue of JCTools on the heap: the ceiling for one JVM, with boxed elements that are made before the run. */
final class JcToolsPipe implements Pipe {

    /** Elements are references: a fixed set of boxes, so that boxing is not what is measured. */
    private static final int BOXES = 1024;

    private final MessagePassingQueue<Long> queue;
    private final Long[] boxes = new Long[BOXES];
    private final MessagePassingQueue.Supplier<Long> supplier = this::next;
    private final MessagePassingQueue.Consumer<Long> consumer = this::take;
    private long next;
    private Sum target = new Sum();

    JcToolsPipe(MessagePassingQueue<Long> queue) {
        this.queue = queue;
        for (int i = 0; i < BOXES; i++) {
            boxes[i] = (long) i;
        }
    }

    @Override
    public boolean offer(long element) {
        return queue.relaxedOffer(boxes[(int) element & (BOXES - 1)]);
    }

    @Override
    public long poll() {
        Long element = queue.relaxedPoll();
        return element == null ? NOTHING : element;
    }

    @Override
    public int offerBatch(long first, int count) {
        next = first;
        return queue.fill(supplier, count);
    }

    @Override
    public int drain(Sum sink, int max) {
        target = sink;
        return queue.drain(consumer, max);
    }

    @Override
    public void close() {
        queue.clear();
    }

    private Long next() {
        return boxes[(int) next++ & (BOXES - 1)];
    }

    private void take(Long element) {
        target.add(element);
    }
}
