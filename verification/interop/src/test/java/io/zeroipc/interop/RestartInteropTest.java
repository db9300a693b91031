package io.zeroipc.interop;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingCursor;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A program of another language that starts anew unlinks its segment and creates another one of the same name. */
@Tag("process")
class RestartInteropTest {

    @RegisterExtension
    final Workbench bench = new Workbench();

    /** The places where a Java thread waits for a peer. */
    enum Waiting {

        QUEUE_TAKE {
            @Override
            void await(Segment segment) throws InterruptedException {
                SharedQueue.open(segment, "queue", Codecs.int64()).take();
            }
        },
        QUEUE_PUT {
            @Override
            void await(Segment segment) throws InterruptedException {
                SharedQueue<Long> queue = SharedQueue.open(segment, "queue", Codecs.int64());
                for (long i = 0; i <= queue.capacity(); i++) {
                    queue.put(i);
                }
            }
        },
        RING_TAKE {
            @Override
            void await(Segment segment) throws InterruptedException {
                try (RingReader<Long> reader = SharedRing.open(segment, "ring", Codecs.int64()).reader()) {
                    reader.take();
                }
            }
        },
        RING_CURSOR_TAKE {
            @Override
            void await(Segment segment) throws InterruptedException {
                SharedRing<Long> ring = SharedRing.open(segment, "ring", Codecs.int64());
                try (RingCursor<Long> cursor = ring.cursor(Start.LATEST)) {
                    cursor.take();
                }
            }
        },
        BUFFERED_RECEIVE {
            @Override
            void await(Segment segment) throws InterruptedException {
                SharedChannel.open(segment, "buffered", Codecs.int64()).receive();
            }
        },
        UNBUFFERED_RECEIVE {
            @Override
            void await(Segment segment) throws InterruptedException {
                SharedChannel.open(segment, "unbuffered", Codecs.int64()).receive();
            }
        },
        UNBUFFERED_SEND {
            @Override
            void await(Segment segment) throws InterruptedException {
                SharedChannel.open(segment, "unbuffered", Codecs.int64()).send(1L);
            }
        },
        STATE_AWAIT_CHANGE {
            @Override
            void await(Segment segment) throws InterruptedException {
                SharedState.open(segment, "state", Sample.CODEC).awaitChange(0, Duration.ofMinutes(1));
            }
        };

        abstract void await(Segment segment) throws InterruptedException;
    }

    private static void createStructures(Peer peer) throws InterruptedException {
        peer.ask("array-create", "array", "int64", 4);
        peer.ask("queue-create", "queue", "int64", 4);
        peer.ask("ring-create", "ring", "int64", 4);
        peer.ask("channel-create", "buffered", "int64", 4);
        peer.ask("channel-create", "unbuffered", "int64", 0);
        peer.ask("state-create", "state", 4);
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndTheWaitWhenAPeerUnlinksAndRecreatesTheSegment(Waiting waiting) throws Exception {
        Peer peer = bench.creator(Language.CPP);
        createStructures(peer);
        Segment segment = bench.open();
        FutureTask<Void> waiter = bench.beside(() -> {
            waiting.await(segment);
            return null;
        });
        peer.ask("create", bench.segment(), Workbench.SIZE, 64);

        assertThatExceptionOfType(ExecutionException.class).isThrownBy(waiter::get)
                .havingCause()
                .isInstanceOf(SegmentDetachedException.class)
                // The peer removes first, and the wait may look between the two.
                .withMessageMatching("segment is detached, file was (removed|replaced by another one): .*"
                        + Pattern.quote(bench.path().toString()) + ".*");
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(segment::verify);
    }

    @Test
    void shouldFailEverywhereAndGoOnInTheNewSegmentWhenAPeerRecreatedIt() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        createStructures(peer);
        Segment old = bench.open();
        SharedQueue<Long> queue = SharedQueue.open(old, "queue", Codecs.int64());
        SharedArray<Long> array = SharedArray.open(old, "array", Codecs.int64());
        SharedState<Sample> state = SharedState.open(old, "state", Sample.CODEC);
        peer.ask("create", bench.segment(), 2 * Workbench.SIZE, 64);
        peer.ask("queue-create", "queue", "int64", 8);
        peer.ask("queue-push", "queue", "int64", 4711);

        assertThat(queue.poll()).as("unnoticed until somebody looks").isNull();
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(old::verify);
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(queue::poll);
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> queue.offer(1L));
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> array.get(0));
        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(state::get);
        assertThatExceptionOfType(SegmentDetachedException.class)
                .isThrownBy(() -> SharedArray.create(old, "more", Codecs.int64(), 1));

        assertThat(SharedQueue.open(bench.open(), "queue", Codecs.int64()).poll()).isEqualTo(4711);
    }

    @Test
    void shouldRefuseToAddWhenAPeerRecreatedTheSegmentUnnoticed() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        Segment old = bench.open();
        peer.ask("create", bench.segment(), Workbench.SIZE, 64);

        assertThatExceptionOfType(SegmentDetachedException.class)
                .isThrownBy(() -> SharedArray.create(old, "a", Codecs.int64(), 1));
        assertThat(peer.list("entries")).isEmpty();
    }

    @Test
    void shouldEndTheWaitWhenAPeerUnlinksTheSegment() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        createStructures(peer);
        Segment segment = bench.open();
        FutureTask<Long> waiter = bench.beside(() -> SharedQueue.open(segment, "queue", Codecs.int64()).take());
        peer.ask("unlink", bench.segment());

        assertThatExceptionOfType(ExecutionException.class).isThrownBy(waiter::get)
                .havingCause()
                .isInstanceOf(SegmentDetachedException.class)
                .withMessageContaining("file was removed");
    }
}
