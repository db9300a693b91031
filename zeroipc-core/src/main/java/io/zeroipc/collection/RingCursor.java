package io.zeroipc.collection;

import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source.Start;

/**
 * A reader of a {@link SharedRing} with a position of its own, that removes nothing. For one thread at a time, and not within its own
 * consumer.
 *
 * <p>
 * Elements are copied to private memory and checked before anybody sees them: what is delivered is whole and in order.
 * A cursor that the writer overtook goes on at the oldest element, or nearer to the newest when it is overtaken again
 * at once, and counts what it missed.
 *
 * @param <T> the element
 */
public final class RingCursor<T> implements Intake<T> {

    private final SharedRing<T> ring;
    private final Codec<T> codec;
    private final RingObserver observer;

    RingCursor(SharedRing<T> ring, Start start) {
        this.ring = ring;
        this.codec = ring.codec();
        this.observer = new RingObserver(ring, start);
    }

    RingCursor(SharedRing<T> ring, long behind) {
        this.ring = ring;
        this.codec = ring.codec();
        this.observer = new RingObserver(ring, behind);
    }

    /**
     * The next element, or null when there is none now; also null when a writer that keeps overtaking left none to be
     * copied, which needs a ring of very few slots.
     */
    @Override
    public @Nullable T poll() {
        try (Lane _ = observer.begin()) {
            return observer.fetch(1) == 0 ? null : only();
        }
    }

    private T only() {
        observer.decoding();
        try {
            return element(0);
        } finally {
            observer.decoded();
        }
    }

    /** Element {@code index} of the last fetch. */
    private T element(int index) {
        return codec.decode(observer.copy(), observer.copyOffset(index));
    }

    /**
     * Hands at most {@code max} elements that are there now to {@code sink}; how many it was. When {@code sink} throws, the element it was
     * given counts as consumed and those behind it are still to come; when this cursor or the segment is closed meanwhile, no more is handed out.
     */
    @Override
    public int drainTo(Consumer<? super T> sink, int max) {
        Objects.requireNonNull(sink, "sink");
        try (Lane lane = observer.begin()) {
            int limit = observer.limit(max);
            int total = 0;
            boolean open = true;
            while (open && total < limit) {
                int count = observer.fetch(limit - total);
                if (count == 0) {
                    break;
                }
                observer.handingOut(lane);
                try {
                    for (int i = 0; i < count && observer.handOut(count - i - 1); i++) {
                        total++;
                        sink.accept(element(i));
                    }
                } finally {
                    open = observer.handedOut(lane);
                }
            }
            return total;
        }
    }

    /** As {@link Intake#pollSlot}; the memory is a private copy. */
    @Override
    public boolean pollSlot(SlotConsumer slotConsumer) {
        Objects.requireNonNull(slotConsumer, "consumer");
        try (Lane lane = observer.begin()) {
            if (observer.fetch(1) == 0) {
                return false;
            }
            observer.handingOut(lane);
            try {
                slotConsumer.accept(observer.copy(), observer.copyOffset(0));
            } finally {
                observer.handedOut(lane);
            }
            return true;
        }
    }

    @Override
    public EventCount arrivals() {
        return ring.arrivals();
    }

    @Override
    public long position() {
        return observer.position();
    }

    /** Elements that were overwritten, or skipped to get out of the writer's way, since this cursor began. */
    @Override
    public long lost() {
        return observer.lost();
    }

    /** Elements written that this cursor has not seen yet, the overwritten ones among them: an estimate. */
    @Override
    public long lag() {
        return observer.lag();
    }

    /** Always false: a ring is never closed. */
    @Override
    public boolean isExhausted() {
        return false;
    }

    /** This cursor for elements of eight bytes as {@code long}, without objects. */
    public LongRing.Cursor asLongs() {
        return new LongRing.Cursor(ring, observer);
    }

    /** This cursor for elements of four bytes as {@code int}, without objects. */
    public IntRing.Cursor asInts() {
        return new IntRing.Cursor(ring, observer);
    }

    /** This cursor for elements of eight bytes as {@code double}, without objects. */
    public DoubleRing.Cursor asDoubles() {
        return new DoubleRing.Cursor(ring, observer);
    }

    @Override
    public void close() {
        observer.close();
    }
}
