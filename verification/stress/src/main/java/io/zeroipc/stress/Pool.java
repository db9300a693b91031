package io.zeroipc.stress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/**
 * Structures of one kind, in one segment, for the thousands of state objects that jcstress has alive at a time. They are
 * handed out in turns. Thread-safe.
 *
 * <p>
 * jcstress does not tell when it drops a state unseen, so nothing is freed. There are more structures than states alive
 * instead ({@link Main} limits those), and {@link Lease#giveBack} makes sure of it.
 *
 * @param <S> the structure, or what holds it
 */
final class Pool<S> {

    /** Twice of what is alive: one half is in use while the other is made new. */
    private static final int SIZE = 2 * Main.STATES_ALIVE;

    private final List<Slot<S>> slots;
    private final AtomicLong turns = new AtomicLong();

    private Pool(List<Slot<S>> slots) {
        this.slots = slots;
    }

    /** As new each time: the bytes after creation are copied back. For structures that remember nothing outside of them. */
    static <S extends Structure> Pool<S> of(Spec<S> spec) {
        return create(spec, (segment, name, structure) -> new Slot<>(structure,
                Image.of(segment.blocks(name), spec.parts())));
    }

    /**
     * Structures that are handed out as they were left. For those with roles, which keep their position in the JVM and not in
     * the segment.
     *
     * @param role what is handed out for a structure
     */
    static <R extends Structure, S> Pool<S> ofUsed(Spec<R> spec, Function<R, S> role) {
        return create(spec, (_, _, structure) -> new Slot<>(role.apply(structure), List.of()));
    }

    private static <R extends Structure, S> Pool<S> create(Spec<R> spec, SlotFactory<R, S> factory) {
        List<Part> parts = spec.parts();
        long bytes = 1 << 16;
        for (Part part : parts) {
            bytes += SIZE * (part.reservedBytes() + 64);
        }
        Path file = Main.directory().resolve("pool-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
        Segment segment = Segment.at(file)
                .size(bytes)
                .maxEntries(SIZE * parts.size())
                .catalogue(false)
                .create();
        // The memory goes with the JVM, the name would not.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(file), "remove-" + file.getFileName()));
        List<Slot<S>> slots = new ArrayList<>(SIZE);
        for (int i = 0; i < SIZE; i++) {
            String name = Integer.toString(i);
            slots.add(factory.slot(segment, name, segment.create(name, spec)));
        }
        return new Pool<>(slots);
    }

    /** The next structure, for one state. */
    Lease<S> take() {
        long turn = turns.getAndIncrement();
        Slot<S> slot = slots.get((int) (turn % SIZE));
        slot.turn = turn;
        slot.images.forEach(Image::restore);
        return new Lease<>(slot, turn);
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface SlotFactory<R, S> {

        Slot<S> slot(Segment segment, String name, R structure);
    }

    private static final class Slot<S> {

        private final S structure;
        private final List<Image> images;
        private volatile long turn;

        private Slot(S structure, List<Image> images) {
            this.structure = structure;
            this.images = images;
        }
    }

    private record Image(MemorySegment memory, MemorySegment fresh) {

        static List<Image> of(Blocks blocks, List<Part> parts) {
            List<Image> images = new ArrayList<>(parts.size());
            for (Part part : parts) {
                Block block = blocks.require(part.suffix());
                images.add(new Image(block.memory(),
                        MemorySegment.ofArray(block.memory().toArray(ValueLayout.JAVA_BYTE))));
            }
            return images;
        }

        void restore() {
            memory.copyFrom(fresh);
        }
    }

    /** One state's use of a structure. */
    static final class Lease<S> {

        private final Slot<S> slot;
        private final long turn;

        private Lease(Slot<S> slot, long turn) {
            this.slot = slot;
            this.turn = turn;
        }

        S get() {
            return slot.structure;
        }

        /**
         * To be called by the arbiter, last.
         *
         * @throws IllegalStateException when another state was given the structure meanwhile: the outcome means nothing
         */
        void giveBack() {
            if (slot.turn != turn) {
                throw new IllegalStateException("structure was in use twice: turn=" + turn + ", later turn=" + slot.turn
                        + " (more states are alive than " + Main.STATES_ALIVE
                        + ": leave -strideSize and -strideCount alone)");
            }
        }
    }
}
