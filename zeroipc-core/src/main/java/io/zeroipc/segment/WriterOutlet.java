package io.zeroipc.segment;

import java.util.Collection;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;

import org.jspecify.annotations.Nullable;

/**
 * The sending side of a structure that has one writer at a time, for any thread: they take turns. The writer's role is taken when
 * the outlet is first asked for, and kept until the segment is closed.
 *
 * @param <W> the writer
 * @param <T> the element
 */
public final class WriterOutlet<W, T> implements Outlet<T> {

    private final ReentrantLock turn = new ReentrantLock();
    private final Supplier<W> role;
    private final BiPredicate<? super W, ? super T> offer;
    private final ToIntBiFunction<? super W, Collection<? extends T>> offerAll;
    private final BooleanSupplier closed;
    private final Supplier<? extends @Nullable EventCount> departures;
    /** Guarded by the turn. */
    private @Nullable W writer;

    /**
     * @param role takes it, and gives the writer
     * @param offer as {@link Outlet#offer}
     * @param offerAll as {@link Outlet#offerAll}
     * @param closed as {@link Outlet#isClosed}
     */
    public WriterOutlet(Supplier<W> role, BiPredicate<? super W, ? super T> offer,
            ToIntBiFunction<? super W, Collection<? extends T>> offerAll, BooleanSupplier closed) {
        this(role, offer, offerAll, closed, () -> null);
    }

    /**
     * As the other one.
     *
     * @param departures as {@link Outlet#departures}
     */
    public WriterOutlet(Supplier<W> role, BiPredicate<? super W, ? super T> offer,
            ToIntBiFunction<? super W, Collection<? extends T>> offerAll, BooleanSupplier closed,
            Supplier<? extends @Nullable EventCount> departures) {
        this.departures = departures;
        this.role = role;
        this.offer = offer;
        this.offerAll = offerAll;
        this.closed = closed;
    }

    /**
     * This outlet, with the role.
     *
     * @throws io.zeroipc.RoleTakenException when somebody else has it
     */
    public Outlet<T> taken() {
        turn.lock();
        try {
            writer();
            return this;
        } finally {
            turn.unlock();
        }
    }

    @Override
    public boolean offer(T element) {
        turn.lock();
        try {
            return offer.test(writer(), element);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public int offerAll(Collection<? extends T> elements) {
        turn.lock();
        try {
            return offerAll.applyAsInt(writer(), elements);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public @Nullable EventCount departures() {
        return departures.get();
    }

    @Override
    public boolean isClosed() {
        return closed.getAsBoolean();
    }

    private W writer() {
        W present = writer;
        if (present == null) {
            present = role.get();
            writer = present;
        }
        return present;
    }
}
