package io.zeroipc.spring.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.core.UserCode;

/** Takes elements from an intake in the form that the listener wants, one by one or as a batch. For one thread. */
final class ElementReader {

    private final Intake<?> intake;
    private final @Nullable PayloadConversion conversion;
    private final boolean positionsWanted;
    private final InvocationPipeline pipeline;
    private final int batchSize;
    private final BatchWindow window;
    private final Commits commits;
    private final ConsumerClock clock;
    /** Of whom elements are borrowed; null where they are nobody's any more. */
    private final @Nullable SampleIntake lender;
    private final @Nullable Predicate<Object> filter;
    /** Reads a slot into {@link #current}, or delivers it while the slot is held; null where the structure decodes. */
    private final @Nullable SlotConsumer slots;
    /** Made once, as it runs with each element. */
    private final UserCode.Action polling = this::poll;
    private @Nullable Object current;
    /** What the next batch is likely to have: the size of the last one. */
    private int expected;
    private int taken;
    private int failed;
    private int unreadable;
    private boolean callFailed;
    private boolean kept;

    /**
     * @param batchSize the most elements of a batch; 0 for one by one
     * @param filter tells the elements that the listener wants; null for all
     * @param positionsWanted whether the listener asks for the position of each element of a batch
     * @param clock of the thread
     */
    ElementReader(AttachedChannel channel, InvocationPipeline pipeline, int batchSize, BatchWindow window,
            @Nullable Predicate<Object> filter, boolean positionsWanted, ConsumerClock clock) {
        this.intake = channel.intake();
        this.conversion = channel.form().conversion();
        this.positionsWanted = positionsWanted;
        this.pipeline = pipeline;
        this.batchSize = batchSize;
        this.window = window;
        this.filter = filter;
        this.commits = channel.commits();
        this.clock = clock;
        this.lender = intake instanceof SampleIntake samples ? samples : null;
        this.slots = channel.form()
                .slotReader(channel.source().elementSize(), channel.codec(),
                        channel.form().isInPlace() ? this::deliverSlot : element -> current = element);
    }

    /** Delivers what is there: one element, or one batch. {@link #taken} says how many elements that were. */
    void read() {
        taken = 0;
        failed = 0;
        unreadable = 0;
        callFailed = false;
        kept = false;
        try {
            if (batchSize == 0) {
                readOne();
            } else {
                readBatch();
            }
        } finally {
            if (lender != null) {
                lender.release();
            }
        }
    }

    /** How many elements the last {@link #read} delivered, also when it ended in an exception. */
    int taken() {
        return taken;
    }

    /** How many of these the listener failed to process, or could not be given. */
    int failed() {
        return failed;
    }

    /** How many of these were no values of their type. */
    int unreadable() {
        return unreadable;
    }

    /** Whether the listener was called by the last {@link #read}, and failed. */
    boolean isCallFailed() {
        return callFailed;
    }

    /** Whether something of the last {@link #read} is to be left in its structure, and nothing further to be taken. */
    boolean isKept() {
        return kept;
    }

    private void readOne() {
        if (!takeOne()) {
            return;
        }
        Object element = current;
        if (element == null || !accepts(element)) {
            return;
        }
        if (conversion == null) {
            deliver(element, element, 1);
            return;
        }
        Object payload = convert(conversion, element, intake.position());
        if (payload != null) {
            deliver(payload, element, 1);
        }
    }

    /**
     * Whether there was an element. It is {@link #current} then, unless it has met its end: delivered in its slot, or
     * unreadable.
     */
    private boolean takeOne() {
        current = null;
        SlotConsumer reading = slots;
        if (reading == null) {
            int before = unreadable;
            decodedByStructure(polling, false);
            return current != null || unreadable > before;
        }
        try {
            return intake.pollSlot(reading);
        } catch (UnreadableElementException e) {
            unreadable(e);
            return true;
        }
    }

    private void poll() {
        current = intake.poll();
    }

    /**
     * Has the structure take elements and decode them. What it throws besides that it is detached, closed or busy is what its
     * codec threw: the element's bytes are no value of its type, and it counts as consumed.
     *
     * @param several whether it takes more than one at once: the first one's exception has those of the others with it then
     */
    private void decodedByStructure(UserCode.Action taking, boolean several) {
        Throwable thrown = UserCode.run(taking);
        if (thrown == null) {
            return;
        }
        Attachment attachment = intake.attachment();
        switch (thrown) {
            case SegmentDetachedException detached -> throw detached;
            case StructureBusyException busy -> throw busy;
            case IllegalStateException closed when !attachment.isReadable() -> throw closed;
            case InternalError error -> throwIfPageIsGone(attachment, error);
            default -> {
                // The codec's.
            }
        }
        unreadable(thrown);
        if (several) {
            for (Throwable other : thrown.getSuppressed()) {
                unreadable(other);
            }
        }
    }

    private static void throwIfPageIsGone(Attachment attachment, InternalError error) {
        RuntimeException gone;
        try {
            gone = attachment.translate(error);
        } catch (InternalError intact) {
            return;
        }
        throw gone;
    }

    private void unreadable(Throwable error) {
        taken++;
        failed++;
        unreadable++;
        kept |= pipeline.unreadable(error, commits) == InvocationPipeline.Outcome.KEPT;
    }

    private void readBatch() {
        List<Object> elements = new ArrayList<>(expected);
        List<Long> positions = conversion == null && !positionsWanted ? List.of() : new ArrayList<>(expected);
        try {
            take(elements, positions);
            window.open();
            while (!elements.isEmpty() && elements.size() < batchSize && !kept && window.waitForMore()) {
                int before = elements.size();
                take(elements, positions);
                if (elements.size() > before) {
                    window.arrived();
                }
            }
        } finally {
            expected = elements.size();
            // What was taken is gone from the structure: it is delivered even when the next one could not be read.
            if (conversion != null) {
                deliverConverted(conversion, elements, positions);
            } else if (!elements.isEmpty() && !kept) {
                deliver(elements, elements, elements.size(), positions);
            }
        }
    }

    /** Adds what is there. */
    private void take(List<Object> elements, List<Long> positions) {
        Consumer<Object> adding = element -> {
            if (accepts(element)) {
                elements.add(element);
                if (conversion != null || positionsWanted) {
                    positions.add(intake.position());
                }
            }
        };
        int room = batchSize - elements.size();
        if (slots == null) {
            decodedByStructure(() -> intake.drainTo(adding, room), true);
            return;
        }
        for (int i = 0; i < room && !kept && takeOne(); i++) {
            Object element = current;
            if (element != null) {
                adding.accept(element);
            }
        }
    }

    /** Delivers the batch without those that cannot be converted: one bad element does not take the others along. */
    private void deliverConverted(PayloadConversion by, List<Object> elements, List<Long> positions) {
        List<Object> payloads = new ArrayList<>(elements.size());
        List<Object> converted = new ArrayList<>(elements.size());
        List<Long> convertedPositions = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            Object payload = convert(by, elements.get(i), positions.get(i));
            if (payload != null) {
                payloads.add(payload);
                converted.add(elements.get(i));
                convertedPositions.add(positions.get(i));
            }
        }
        if (!payloads.isEmpty() && !kept) {
            deliver(payloads, converted, payloads.size(), convertedPositions);
        }
    }

    /** Null when the element has gone to the error handler. */
    private @Nullable Object convert(PayloadConversion by, Object element, long position) {
        return UserCode.<@Nullable Object>call(() -> by.toPayload(element), e -> {
            taken++;
            failed++;
            kept |= pipeline.unconvertible(element, position, e, commits) == InvocationPipeline.Outcome.KEPT;
            return null;
        });
    }

    /** Whether the listener wants it. The others are done with. */
    private boolean accepts(Object element) {
        Predicate<Object> wanted = filter;
        if (wanted == null) {
            return true;
        }
        Boolean answer = UserCode.<@Nullable Boolean>call(() -> wanted.test(element), e -> {
            failed++;
            kept |= pipeline.unfilterable(element, intake.position(), e, commits) == InvocationPipeline.Outcome.KEPT;
            return null;
        });
        if (Boolean.TRUE.equals(answer)) {
            return true;
        }
        if (answer != null) {
            pipeline.filtered();
        }
        taken++;
        return false;
    }

    private void deliverSlot(Object view) {
        if (accepts(view)) {
            deliver(view, view, 1);
        }
    }

    private void deliver(Object payload, Object element, int size) {
        deliver(payload, element, size, List.of());
    }

    /** @param positions of the elements of a batch; empty where nobody asks for them */
    private void deliver(Object payload, Object element, int size, List<Long> positions) {
        taken += size;
        long position = intake.position();
        InvocationPipeline.Outcome outcome = pipeline.deliver(payload, element, size, position, positions, commits,
                clock);
        if (outcome != InvocationPipeline.Outcome.PROCESSED) {
            callFailed = true;
            failed += size;
        }
        kept |= outcome == InvocationPipeline.Outcome.KEPT;
    }
}
