package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Occupancy;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Stall;

/** What elements go into at one end and come out of at another. */
interface Pipe {

    String NAME = "pipe";

    /** Opens the structure of that name in a segment. */
    interface Opening {

        Pipe open(Segment segment);
    }

    boolean offer(Cargo cargo);

    boolean offer(Cargo cargo, Duration timeout) throws InterruptedException;

    int offerAll(List<Cargo> cargo);

    /**
     * In a slot that was claimed, and, before that, given back; as {@link #offer(Cargo)} where there is no such thing.
     *
     * @param holding is run while the slot is claimed
     */
    boolean claim(Cargo cargo, boolean abortFirst, Runnable holding);

    @Nullable
    Cargo poll();

    @Nullable
    Cargo poll(Duration timeout) throws InterruptedException;

    boolean poll(SlotConsumer consumer);

    int drainTo(Consumer<Cargo> consumer, int max);

    int drain(SlotConsumer consumer, int max);

    Occupancy occupancy();

    @Nullable
    Stall stall();

    static Pipe queue(SharedQueue<Cargo> queue) {
        return new OfQueue(queue);
    }

    static Pipe channel(SharedChannel<Cargo> channel) {
        return new OfChannel(channel);
    }

    static Pipe stack(SharedStack<Cargo> stack) {
        return new OfStack(stack);
    }

    /** A queue. */
    record OfQueue(SharedQueue<Cargo> queue) implements Pipe {

        @Override
        public boolean offer(Cargo cargo) {
            return queue.offer(cargo);
        }

        @Override
        public boolean offer(Cargo cargo, Duration timeout) throws InterruptedException {
            return queue.offer(cargo, timeout);
        }

        @Override
        public int offerAll(List<Cargo> cargo) {
            return queue.offerAll(cargo);
        }

        @Override
        public boolean claim(Cargo cargo, boolean abortFirst, Runnable holding) {
            if (abortFirst) {
                long none = queue.tryClaim();
                if (none == SharedQueue.NO_CLAIM) {
                    return false;
                }
                queue.abort(none);
            }
            long claim = queue.tryClaim();
            if (claim == SharedQueue.NO_CLAIM) {
                return false;
            }
            holding.run();
            Cargo.CODEC.encode(cargo, queue.slots(), queue.slotOffset(claim));
            holding.run();
            queue.publish(claim);
            return true;
        }

        @Override
        public @Nullable Cargo poll() {
            return queue.poll();
        }

        @Override
        public @Nullable Cargo poll(Duration timeout) throws InterruptedException {
            return queue.poll(timeout);
        }

        @Override
        public boolean poll(SlotConsumer consumer) {
            return queue.poll(consumer);
        }

        @Override
        public int drainTo(Consumer<Cargo> consumer, int max) {
            return queue.drainTo(consumer, max);
        }

        @Override
        public int drain(SlotConsumer consumer, int max) {
            return queue.drain(consumer, max);
        }

        @Override
        public Occupancy occupancy() {
            return queue.occupancy();
        }

        @Override
        public @Nullable Stall stall() {
            return queue.stall();
        }
    }

    /** A buffered channel. */
    record OfChannel(SharedChannel<Cargo> channel) implements Pipe {

        @Override
        public boolean offer(Cargo cargo) {
            return channel.trySend(cargo);
        }

        @Override
        public boolean offer(Cargo cargo, Duration timeout) throws InterruptedException {
            return channel.trySend(cargo, timeout);
        }

        @Override
        public int offerAll(List<Cargo> cargo) {
            return channel.trySendAll(cargo);
        }

        @Override
        public boolean claim(Cargo cargo, boolean abortFirst, Runnable holding) {
            return channel.trySend(cargo);
        }

        @Override
        public @Nullable Cargo poll() {
            return channel.tryReceive();
        }

        @Override
        public @Nullable Cargo poll(Duration timeout) throws InterruptedException {
            return channel.tryReceive(timeout);
        }

        @Override
        public boolean poll(SlotConsumer consumer) {
            return channel.tryReceive(consumer);
        }

        @Override
        public int drainTo(Consumer<Cargo> consumer, int max) {
            return channel.drainTo(consumer, max);
        }

        @Override
        public int drain(SlotConsumer consumer, int max) {
            return channel.tryReceive(consumer) ? 1 : 0;
        }

        @Override
        public Occupancy occupancy() {
            return channel.occupancy();
        }

        @Override
        public @Nullable Stall stall() {
            return channel.stall();
        }
    }

    /** A stack, in no order that would matter here. */
    record OfStack(SharedStack<Cargo> stack) implements Pipe {

        @Override
        public boolean offer(Cargo cargo) {
            return stack.push(cargo);
        }

        @Override
        public boolean offer(Cargo cargo, Duration timeout) throws InterruptedException {
            return stack.push(cargo, timeout);
        }

        @Override
        public int offerAll(List<Cargo> cargo) {
            int pushed = 0;
            while (pushed < cargo.size() && stack.push(cargo.get(pushed))) {
                pushed++;
            }
            return pushed;
        }

        @Override
        public boolean claim(Cargo cargo, boolean abortFirst, Runnable holding) {
            return stack.push(cargo);
        }

        @Override
        public @Nullable Cargo poll() {
            return stack.pop();
        }

        @Override
        public @Nullable Cargo poll(Duration timeout) throws InterruptedException {
            return stack.pop(timeout);
        }

        @Override
        public boolean poll(SlotConsumer consumer) {
            return stack.pop(consumer);
        }

        @Override
        public int drainTo(Consumer<Cargo> consumer, int max) {
            return stack.drainTo(consumer, max);
        }

        @Override
        public int drain(SlotConsumer consumer, int max) {
            return stack.pop(consumer) ? 1 : 0;
        }

        @Override
        public Occupancy occupancy() {
            return stack.occupancy();
        }

        @Override
        public @Nullable Stall stall() {
            return stack.stall();
        }
    }
}
