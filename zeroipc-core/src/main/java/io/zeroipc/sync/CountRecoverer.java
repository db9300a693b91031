package io.zeroipc.sync;

import java.util.List;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;
import io.zeroipc.segment.Remains.DeadClaim;

import static io.zeroipc.format.ClaimWord.kind;

/**
 * Counts those out who died, of whom a structure has only the number: readers of a read-write lock, arrivals at a barrier. See
 * {@code docs/design/recovery.md}. If everybody who uses the structure announces, the count is that of the live ones who say
 * <em>locked</em>, in a moment in which none is about to lock or to unlock.
 */
final class CountRecoverer implements Recoverer {

    /** What is counted, as one word that is another one whenever somebody is counted in or out. */
    interface Counted {

        long word();

        /** How many there are, by that word. */
        int count(long word);

        /** Whether a claim is one of those that the word counts. */
        boolean isCounted(long claim, long word);

        /**
         * So many less, or as many as there are, unless the word has come to count others.
         *
         * @return how many that was
         */
        int countOut(long word, int most);
    }

    private final Counted counted;

    CountRecoverer(Counted counted) {
        this.counted = counted;
    }

    @Override
    public void recover(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (!counted.isCounted(dead.claim(), counted.word())) {
                remains.settle(dead);
            }
        }
        if (remains.claims().isEmpty()) {
            return;
        }
        long[] seen = {0};
        int[] dead = {0};
        // Nobody comes in all that time, so the count only falls. Who goes says so before he counts himself out, and until then: who
        // is not found on his way behind the look at those who are counted is in both numbers, or in none, if none has changed.
        Remains.Proof still = remains.proof(CountRecoverer::isOnTheWay, () -> {
            long word = counted.word();
            seen[0] = word;
            dead[0] = counted.count(word) - remains
                    .countLive(claim -> kind(claim) == ClaimWord.LOCKED && counted.isCounted(claim, word));
            return !remains.anyLive(CountRecoverer::isOnTheWay) && counted.word() == word;
        });
        switch (still) {
            case GIVEN -> {
                // So many, however many of the living have come and gone since. If we die behind this, the next one finds none.
                count(remains, counted.countOut(seen[0], dead[0]));
                List.copyOf(remains.claims()).forEach(remains::settle);
            }
            case UNDECIDED -> countOutThoseWhoAreCertain(remains);
            case BUSY -> {
            }
        }
    }

    private void countOutThoseWhoAreCertain(Remains remains) {
        for (DeadClaim dead : List.copyOf(remains.claims())) {
            if (kind(dead.claim()) == ClaimWord.LOCKED) {
                long word = counted.word();
                DeadClaim leaving = remains.replace(dead,
                        ClaimWord.of(ClaimWord.UNLOCKING, ClaimWord.position(dead.claim())));
                if (leaving == null) {
                    continue;
                }
                if (counted.isCounted(dead.claim(), word)) {
                    count(remains, counted.countOut(word, 1));
                }
                remains.settle(leaving);
            } else {
                remains.count(RecoveryOutcome.UNDECIDED, 1);
            }
        }
    }

    private static void count(Remains remains, int out) {
        if (out > 0) {
            remains.count(RecoveryOutcome.UNLOCKED, out);
        }
    }

    private static boolean isOnTheWay(long claim) {
        return kind(claim) == ClaimWord.LOCK_INTENT || kind(claim) == ClaimWord.UNLOCKING;
    }
}
