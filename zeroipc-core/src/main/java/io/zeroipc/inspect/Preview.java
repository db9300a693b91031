package io.zeroipc.inspect;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.format.StateDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.Wrapping;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.View;

/**
 * A look at elements that takes none of them and disturbs nobody: for tools. Elements are copied out and then checked for
 * having stayed what they were, by the words that their structure has for that; an element that changed meanwhile is left
 * out. An array has no such words: an element of more than eight bytes may be half old, half new.
 *
 * <p>
 * In the order in which they would be taken; of a ring and of an array, see {@link #of}. Never writes, never waits. Safe
 * for any thread.
 *
 * @param total elements that could have been shown
 * @param elements at most as many as were asked for
 */
public record Preview(long total, List<Element> elements) {

    /** Larger elements, and more of them at once, are nothing to look at. */
    private static final int BYTES_MAX = 16 << 20;

    /** A writer that does nothing else laps a reader that is not yet compiled time after time. */
    private static final int STATE_ATTEMPTS = 1000;

    public Preview {
        elements = List.copyOf(elements);
    }

    /**
     * One element.
     *
     * @param position of an array the index; of a ring, queue or state the number of the element since the beginning, of
     *            a queue modulo 2^32; of a stack the height
     * @param value decoded as the report says; the bytes where it does not say how, or they are no value of the type
     */
    public record Element(long position, Object value) {}

    /**
     * The elements of a structure: of an array the first ones, of a ring the newest ones, of all others those that come
     * next. Empty for structures without elements, for those that are not known for certain, and for sets, maps and
     * pools.
     *
     * @param report of this structure; it may be old
     * @param max how many at most; fewer when they have more than 16 MiB together
     * @throws IllegalStateException when the segment is closed
     * @throws io.zeroipc.SegmentDetachedException when its file was replaced, removed or truncated
     */
    public static Optional<Preview> of(Segment segment, StructureReport report, int max) {
        if (max < 0) {
            throw new IllegalArgumentException("number of elements is negative: max=" + max);
        }
        segment.attachment().ensureReadable();
        if (report.trust() != Trust.DECLARED && report.trust() != Trust.RECOGNISED) {
            return Optional.empty();
        }
        try {
            return new Look(segment, report).elements(max);
        } catch (ZeroIpcException | IndexOutOfBoundsException | ArithmeticException e) {
            segment.verify();
            // The report is of something that is no longer there.
            return Optional.empty();
        } catch (InternalError e) {
            throw segment.attachment().translate(e);
        }
    }

    /** One structure. Offsets of views count from the start of the segment, so each access goes through {@link #at}. */
    private static final class Look {

        private final StructureReport report;
        private final List<Block> blocks = new ArrayList<>();
        private final @Nullable Codec<?> codec;

        Look(Segment segment, StructureReport report) {
            this.report = report;
            for (String entry : report.entryNames()) {
                blocks.add(segment.blocks(entry).require(""));
            }
            this.codec = codec(report);
        }

        private static @Nullable Codec<?> codec(StructureReport report) {
            if (report.schema() == null) {
                return null;
            }
            try {
                return Codecs.schema(report.schema());
            } catch (IllegalArgumentException e) {
                // The type of an application's own codec: its bytes are all we have.
                return null;
            }
        }

        Optional<Preview> elements(int max) {
            View data = view(View.DATA);
            if (data == null || data.stride() <= 0 || report.elementSize() <= 0) {
                return Optional.empty();
            }
            int most = (int) Math.min(max, BYTES_MAX / report.elementSize());
            if (view("write_pos") != null) {
                return Optional.of(ring(data, most));
            }
            if (view("latest") != null) {
                return Optional.of(state(data, most));
            }
            if (view("top") != null) {
                return Optional.of(stack(data, most));
            }
            if (view("head") != null) {
                return Optional.of(queue(data, most));
            }
            return report.kind().equals("array") ? Optional.of(array(data, most)) : Optional.empty();
        }

        private Preview array(View data, int max) {
            List<Element> elements = new ArrayList<>();
            for (long i = 0; i < Math.min(max, data.count()); i++) {
                elements.add(element(i, copy(data, i)));
            }
            return new Preview(data.count(), elements);
        }

        /** Pairs with the release-stores of write_pos and read_pos; the rule of a cursor, see SharedRing S3. */
        private Preview ring(View data, int max) {
            long size = data.stride();
            long write = longAt("write_pos");
            long read = longAt("read_pos");
            long total = Math.clamp((write - read) / size, 0, data.count());
            List<Element> elements = new ArrayList<>();
            for (long back = Math.min(max, total); back > 0; back--) {
                long position = write - size * back;
                long index = Long.divideUnsigned(position, size);
                byte[] bytes = copy(data, Long.remainderUnsigned(index, data.count()));
                Atomics.loadLoadFence();
                if (longAt("read_pos") - position <= 0) {
                    elements.add(element(index, bytes));
                }
            }
            return new Preview(total, elements);
        }

        /** The rule of a reader, see SharedState. */
        private Preview state(View data, int max) {
            View sequences = require("sequence");
            for (int attempt = 0; attempt < STATE_ATTEMPTS; attempt++) {
                long version = longAt("latest");
                if (version == 0) {
                    return new Preview(0, List.of());
                }
                long slot = version & (data.count() - 1);
                long at = sequences.offset() + slot * sequences.stride();
                Block block = at(at);
                // Pairs with the release-store of the even sequence.
                long before = Atomics.getLongAcquire(block.memory(), at - block.offset());
                byte[] bytes = copy(data, slot);
                Atomics.loadLoadFence();
                long after = Atomics.getLong(block.memory(), at - block.offset());
                if (before == StateDescriptor.complete(version) && after == before) {
                    return new Preview(1, max == 0 ? List.of() : List.of(element(version, bytes)));
                }
            }
            return new Preview(1, List.of());
        }

        /** A slot is full while its sequence is its position and one; the acquire-loads pair with the producer's release. */
        private Preview queue(View data, int max) {
            View sequences = require("sequence");
            int head = intAt("head");
            int tail = intAt("tail");
            long total = Math.clamp(Wrapping.distance(tail, head), 0, data.count());
            List<Element> elements = new ArrayList<>();
            for (int i = 0; i < total && elements.size() < max; i++) {
                int position = head + i;
                long slot = Integer.toUnsignedLong(position) & (data.count() - 1);
                byte[] bytes = copyWhile(data, slot, sequences, position + 1);
                if (bytes != null) {
                    elements.add(element(Integer.toUnsignedLong(position), bytes));
                }
            }
            return new Preview(total, elements);
        }

        private Preview stack(View data, int max) {
            View states = require("state");
            long total = Math.clamp(intAt("top") + 1L, 0, data.count());
            List<Element> elements = new ArrayList<>();
            for (long slot = total - 1; slot >= 0 && elements.size() < max; slot--) {
                byte[] bytes = copyWhile(data, slot, states, StackDescriptor.READY);
                if (bytes != null) {
                    elements.add(element(slot, bytes));
                }
            }
            return new Preview(total, elements);
        }

        /** The bytes of a slot whose word has this value before and after. */
        private byte @Nullable [] copyWhile(View data, long slot, View words, int expected) {
            long at = words.offset() + slot * words.stride();
            Block block = at(at);
            if (Atomics.getIntAcquire(block.memory(), at - block.offset()) != expected) {
                return null;
            }
            byte[] bytes = copy(data, slot);
            Atomics.loadLoadFence();
            return Atomics.getInt(block.memory(), at - block.offset()) == expected ? bytes : null;
        }

        private byte[] copy(View data, long index) {
            long at = Math.addExact(data.offset(), Math.multiplyExact(index, data.stride()));
            Block block = at(at);
            // The report may be old: what there is to copy is said by the block as it is now, and not by the report.
            return block.memory().asSlice(at - block.offset(), report.elementSize()).toArray(ValueLayout.JAVA_BYTE);
        }

        private Element element(long position, byte[] bytes) {
            if (codec != null && codec.byteSize() == bytes.length) {
                try {
                    return new Element(position, codec.decode(MemorySegment.ofArray(bytes), 0));
                } catch (ZeroIpcException e) {
                    // An enum constant that does not exist, for example: shown as it is.
                }
            }
            return new Element(position, bytes);
        }

        private long longAt(String field) {
            View view = require(field);
            Block block = at(view.offset());
            return Atomics.getLongAcquire(block.memory(), view.offset() - block.offset());
        }

        private int intAt(String field) {
            View view = require(field);
            Block block = at(view.offset());
            return Atomics.getIntAcquire(block.memory(), view.offset() - block.offset());
        }

        private View require(String name) {
            View view = view(name);
            if (view == null) {
                throw new IndexOutOfBoundsException("no such view: name=" + name);
            }
            return view;
        }

        private @Nullable View view(String name) {
            for (View view : report.views()) {
                if (view.name().equals(name)) {
                    return view;
                }
            }
            return null;
        }

        private Block at(long offset) {
            for (Block block : blocks) {
                if (offset >= block.offset() && offset < block.offset() + block.byteSize()) {
                    return block;
                }
            }
            throw new IndexOutOfBoundsException("outside of the structure: offset=" + offset);
        }
    }
}
