package io.zeroipc.segment;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class SegmentClosingTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldEndWaitsWhenClosed() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue.create(keep, "queue", Codecs.int64(), 4);
        Segment closing = segments.open(keep);
        SharedQueue<Long> queue = SharedQueue.open(closing, "queue", Codecs.int64());
        try (Waiter<Long> forever = Waiter.of(queue::take);
                Waiter<Long> timed = Waiter.of(() -> queue.poll(Duration.ofDays(1)))) {
            await().until(() -> forever.isSleeping() && timed.isSleeping());
            closing.close();
            // Nobody is in code of others, so the mapping has ended with the close.
            assertThat(mappings(keep)).isEqualTo(1);
            assertThat(forever.failure()).hasMessageStartingWith("segment is closed: segment=");
            assertThat(timed.failure()).hasMessageStartingWith("segment is closed: segment=");
        }
    }

    /** It looks like one in an operation for as long as a refused thread needs to leave. */
    @Test
    void shouldSettleARoleBeforeTheMappingEndsWhenItsThreadLeavesWhileAnotherRoleIsSettled() throws Exception {
        Segment keep = segments.create(1 << 16);
        Segment closing = segments.open(keep);
        Attachment attachment = closing.attachment();
        List<String> steps = new CopyOnWriteArrayList<>();
        Lane late = attachment.openLane(() -> steps.add("late, mappings=" + mappings(keep)));
        late.enterToRead().callOut();
        CountDownLatch leave = new CountDownLatch(1);
        try (Waiter<Boolean> leaver = Waiter.running(() -> {
            leave.await();
            late.callIn();
            late.close();
        })) {
            attachment.openLane(() -> {
                leave.countDown();
                // Outside, and about to look for what to settle, which whoever settles this keeps it from.
                await().until(leaver::isBlocked);
                steps.add("early, mappings=" + mappings(keep));
            });
            closing.close();
            assertThat(leaver.get()).isTrue();
        }
        assertThat(steps).containsExactly("early, mappings=2", "late, mappings=2");
        assertThat(mappings(keep)).isEqualTo(1);
    }

    private static long mappings(Segment segment) {
        return ClosingContract.mappings(segment.path());
    }

    @Test
    void shouldFreeWithTheLastOneOutWhenClosedWithinItsOwnConsumer() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue.create(keep, "queue", Codecs.int64(), 4).offer(1L);
        Segment closing = segments.open(keep);
        SharedQueue<Long> queue = SharedQueue.open(closing, "queue", Codecs.int64());
        List<Long> mappings = new ArrayList<>();
        assertThat(queue.drain((_, _) -> {
            closing.close();
            mappings.add(mappings(keep));
        }, 10)).isEqualTo(1);
        assertThat(mappings).containsExactly(2L);
        assertThat(mappings(keep)).isEqualTo(1);
    }

    @Test
    void shouldEndOperationsOfVirtualThreadsWhenClosed() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue<Long> here = SharedQueue.create(keep, "queue", Codecs.int64(), 64);
        Segment closing = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(closing, "queue", Codecs.int64());
        int count = 200;
        CountDownLatch ready = new CountDownLatch(count);
        AtomicInteger refused = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                ready.countDown();
                try {
                    // All of them first: those that work leave no carrier to those that have not begun.
                    ready.await();
                    while (true) {
                        there.offer(1L);
                        boolean _ = there.poll() == null;
                    }
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageStartingWith("segment is closed: segment=");
                    refused.incrementAndGet();
                }
            }));
        }
        // Not by the latch: those it wakes first keep all carriers busy, and wake nobody.
        await().until(() -> ready.getCount() == 0);
        closing.close();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(refused).hasValue(count);
        assertThat(mappings(keep)).isEqualTo(1);
        while (here.poll() != null) {
            // What was in it.
        }
        for (long i = 0; i < 200; i++) {
            assertThat(here.offer(i)).isTrue();
            assertThat(here.poll()).isEqualTo(i);
        }
    }

    @Test
    void shouldCountExactlyWhenThereAreMoreThreadsThanLanes() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue<Long> here = SharedQueue.create(keep, "queue", Codecs.int64(), 4);
        Segment closing = segments.open(keep);
        SharedQueue<Long> there = SharedQueue.open(closing, "queue", Codecs.int64());
        int count = 1_500;
        CountDownLatch used = new CountDownLatch(count);
        CountDownLatch end = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        long[] claim = {SharedQueue.NO_CLAIM};
        for (int i = 0; i < count; i++) {
            boolean claims = i == count / 2;
            threads.add(Thread.ofPlatform().start(() -> {
                there.poll();
                if (claims) {
                    claim[0] = there.tryClaim();
                }
                used.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        used.await();
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        // More threads, in the lanes of those that have ended.
        for (int i = 0; i < 50; i++) {
            Thread thread = Thread.ofPlatform().start(there::poll);
            thread.join();
        }
        closing.close();
        assertThat(mappings(keep)).as("a claim is open").isEqualTo(2);
        there.abort(claim[0]);
        assertThat(mappings(keep)).isEqualTo(1);
        assertThat(here.size()).isZero();
    }

    @Test
    void shouldGiveRestingRolesBackAtOnceWhenAThreadIsStillInCodeOfOthers() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue.create(keep, "queue", Codecs.int64(), 4).offer(1L);
        SharedRing<Long> ring = SharedRing.create(keep, "ring", Codecs.int64(), 4);
        Segment closing = segments.open(keep);
        SharedQueue<Long> queue = SharedQueue.open(closing, "queue", Codecs.int64());
        RingReader<Long> reader = SharedRing.open(closing, "ring", Codecs.int64()).reader();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Waiter<Boolean> consumer = Waiter.of(() -> queue.poll((_, _) -> {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }))) {
            inside.await();
            closing.close();
            assertThatIllegalStateException().isThrownBy(reader::poll).withMessageStartingWith("segment is closed");
            ring.reader().close();
            goOn.countDown();
            assertThat(consumer.get()).isTrue();
        }
        reader.close();
    }

    @Test
    void shouldRemoveTheFileAtOnceWhenAskedToThoughAThreadIsStillInCodeOfOthers() throws Exception {
        Segment closing = segments.create(builder -> builder.size(1 << 16).onClose(OnClose.DELETE_IF_CREATED));
        SharedQueue<Long> queue = SharedQueue.create(closing, "queue", Codecs.int64(), 4);
        queue.offer(1L);
        List<Boolean> present = new ArrayList<>();
        assertThat(queue.poll((memory, offset) -> {
            closing.close();
            present.add(Files.exists(closing.path()));
            assertThat(memory.get(JAVA_LONG, offset)).isEqualTo(1);
        })).isTrue();
        assertThat(present).containsExactly(false);
    }

    @Test
    void shouldNotWaitForClaimsWhenTheFileIsNoLongerTheSegment() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        long claim = queue.tryClaim();
        Object inode = detach(segment);
        segment.close();
        assertThat(ClosingContract.mappings(inode)).isZero();
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> queue.publish(claim));
    }

    @Test
    void shouldFreeTheMappingWhenAClaimWasRefusedToEndSinceTheFileIsNoLongerTheSegment() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        long claim = queue.tryClaim();
        Object inode = detach(segment);
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> queue.publish(claim));
        segment.close();
        assertThat(ClosingContract.mappings(inode)).isZero();
    }

    @Test
    void shouldKeepTheMappingWhenTheThreadThatHoldsAClaimHasEndedAndOthersTookItsPlace() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedQueue.create(keep, "queue", Codecs.int64(), 4);
        Segment closing = segments.open(keep);
        // Not in this thread, which stays: there would be more places instead.
        SharedQueue<Long> queue = inAnotherThread(() -> SharedQueue.open(closing, "queue", Codecs.int64()));
        long claim = inAnotherThread(queue::tryClaim);
        // More than there are places, and one after the other, so that each finds its place left.
        for (int i = 0; i < 64; i++) {
            inAnotherThread(queue::size);
        }
        closing.close();
        assertThat(mappings(keep)).isEqualTo(2);
        queue.abort(claim);
        assertThat(mappings(keep)).isEqualTo(1);
    }

    private static <V> V inAnotherThread(Callable<V> call) throws Exception {
        try (Waiter<V> thread = Waiter.of(call)) {
            return thread.get();
        }
    }

    @Test
    void shouldEndNoRoleThatWasRefusedSinceTheFileIsNoLongerTheSegment() throws Exception {
        Segment segment = segments.create(1 << 16);
        detach(segment);
        List<String> ended = new ArrayList<>();
        assertThatExceptionOfType(SegmentDetachedException.class)
                .isThrownBy(() -> segment.attachment().openLane(() -> ended.add("refused")));
        segment.close();
        assertThat(ended).isEmpty();
    }

    @Test
    void shouldNotWaitForTheEndOfAnOperationWhenTheFileIsNoLongerTheSegment() throws Exception {
        Segment segment = segments.create(1 << 16);
        assertThat(segment.attachment().pauseToEnd(0)).isEqualTo(1);
        detach(segment);
        assertThatExceptionOfType(SegmentDetachedException.class)
                .isThrownBy(() -> segment.attachment().pauseToEnd(0));
    }

    /** As the JVM does it for a page that the file has no more. */
    @Test
    void shouldFreeTheMappingWhenWhatIsOwedOrHeldIsOnAPageThatIsGone() throws Exception {
        Segment keep = segments.create(1 << 16);
        Segment owing = segments.open(keep);
        owing.attachment().finishAtClose(() -> {
            throw new InternalError("a page of the file is gone");
        });
        owing.close();
        await().until(() -> mappings(keep) == 1);

        SharedQueue.create(keep, "queue", Codecs.int64(), 4);
        Segment holding = segments.open(keep);
        holding.attachment().keeper(BooleanSupplier.class, holding.blocks("queue").require(""), () -> () -> {
            throw new InternalError("a page of the file is gone");
        });
        holding.close();
        assertThat(mappings(keep)).isEqualTo(1);
    }

    private static Object detach(Segment segment) throws IOException {
        Object inode = Files.getAttribute(segment.path(), "unix:ino");
        Files.delete(segment.path());
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(segment::verify);
        return inode;
    }
}
