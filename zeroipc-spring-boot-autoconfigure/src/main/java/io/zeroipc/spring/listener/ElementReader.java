package io.zeroipc.spring.listener;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Intake;
import io.zeroipc.segment.SlotConsumer;

/** Takes elements from an intake in the form that the listener wants, one by one or as a batch. For one thread. */
final class ElementReader {

    private final Intake<?> intake;
    private final PayloadForm form;
    private final InvocationPipeline pipeline;
    private final int batchSize;
    private final @Nullable SlotConsumer slots;
    /** Filled by {@link #slots} when a batch is made of slots; null between batches. */
    private @Nullable List<Object> batch;
    private int taken;
    private int failed;

    /** @param batchSize the most elements of a batch; 0 for one by one */
    ElementReader(AttachedChannel channel, InvocationPipeline pipeline, int batchSize) {
        this.intake = channel.intake();
        this.form = channel.form();
        this.pipeline = pipeline;
        this.batchSize = batchSize;
        this.slots = form == PayloadForm.VALUE
                ? null
                : form.slotReader(channel.source().elementSize(), this::acceptSlot);
    }

    /** Delivers what is there: one element, or one batch. {@link #taken} says how many elements that were. */
    void read() {
        taken = 0;
        failed = 0;
        if (batchSize == 0) {
            readOne();
        } else {
            readBatch();
        }
    }

    /** How many elements the last {@link #read} delivered, also when it ended in an exception. */
    int taken() {
        return taken;
    }

    /** How many of these the listener failed to process. */
    int failed() {
        return failed;
    }

    private void readOne() {
        if (slots != null) {
            intake.pollSlot(slots);
            return;
        }
        Object element = intake.poll();
        if (element != null) {
            deliver(element, 1);
        }
    }

    private void readBatch() {
        List<Object> elements = new ArrayList<>(Math.min(batchSize, 16));
        batch = elements;
        try {
            if (slots == null) {
                intake.drainTo(elements::add, batchSize);
            } else {
                while (elements.size() < batchSize && intake.pollSlot(slots)) {
                    // The slot consumer has added it.
                }
            }
        } finally {
            batch = null;
            // What was taken is gone from the structure: it is delivered even when the next one could not be read.
            if (!elements.isEmpty()) {
                deliver(elements, elements.size());
            }
        }
    }

    private void acceptSlot(Object payload) {
        if (batch != null) {
            batch.add(payload);
        } else {
            deliver(payload, 1);
        }
    }

    private void deliver(Object payload, int size) {
        taken += size;
        if (!pipeline.deliver(payload, size, intake.position())) {
            failed += size;
        }
    }
}
