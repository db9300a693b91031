package io.zeroipc.interop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Java and peers at work on one thing, round by round, for as long as it takes until they have been at it at the same time:
 * until each peer was seen to finish a round during a round of Java so many times. A peer shows how far it is, and learns
 * that it is enough, in an array called {@code work}; see {@code work} in {@code peer.cpp}. For one thread.
 */
final class Teamwork {

    /** One round; false when something was not as it should be. */
    interface Round {
        boolean go(long number) throws Exception;
    }

    /** Elements from one peer's to the next one's: each has a cache line for itself. */
    private static final int STRIDE = 16;

    private final SharedArray<Long> board;
    private final List<Peer> peers = new ArrayList<>();

    /** @param most peers at most */
    Teamwork(Segment segment, int most) {
        board = SharedArray.create(segment, "work", Codecs.int64(), (most + 1L) * STRIDE);
    }

    /** Sets this peer to work. */
    void begin(Peer peer, String command, Object... arguments) throws InterruptedException {
        peers.add(peer);
        List<Object> all = new ArrayList<>(List.of(arguments));
        all.add(peers.size() * STRIDE);
        peer.begin(command, all.toArray());
    }

    /**
     * Works beside the peers, and ends their work. Nothing may go wrong on either side.
     *
     * @param times that each peer is met; Java does so many rounds or more
     * @return how many rounds Java has done, and after it each of the peers
     */
    List<Long> work(long times, Round round) throws Exception {
        List<Long> rounds = new ArrayList<>(List.of(meet(times, round)));
        enough();
        for (Peer peer : peers) {
            rounds.add(requireNothingWrong(peer.numbers()));
        }
        return rounds;
    }

    /** As {@link #work}, and the peers go on; returns how many rounds Java has done. */
    long meet(long times, Round round) throws Exception {
        long rounds = 0;
        long wrong = 0;
        long[] done = new long[peers.size()];
        long[] met = new long[peers.size()];
        for (boolean enough = false; !enough && wrong == 0;) {
            if (Thread.interrupted()) {
                throw new InterruptedException("rounds=" + rounds + ", met=" + Arrays.toString(met));
            }
            wrong += round.go(rounds++) ? 0 : 1;
            enough = true;
            for (int i = 0; i < met.length; i++) {
                if (peers.get(i).hasAnswered()) {
                    throw new AssertionError("peer has ended its work early: " + peers.get(i).answer());
                }
                long now = board.getLongAcquire((i + 1L) * STRIDE);
                met[i] += now == done[i] ? 0 : 1;
                done[i] = now;
                enough &= met[i] >= times;
            }
        }
        return requireNothingWrong(List.of(rounds, wrong));
    }

    /** Lets the peers end their work. */
    void enough() {
        board.setLongRelease(0, 1);
    }

    /** For what a peer says about its work: rounds, and how many went wrong. */
    static long requireNothingWrong(List<Long> numbers) {
        assertThat(numbers.get(1)).as("rounds that went wrong, of %d", numbers.get(0)).isZero();
        return numbers.get(0);
    }
}
