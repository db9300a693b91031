package io.zeroipc.stress.survival;

import java.util.List;
import java.util.stream.Stream;

import io.zeroipc.stress.survival.Journal.Word;

/**
 * All workers of a round, dead or alive.
 *
 * @param wedged whether the survivors had to be given up, so that what is still in the structure cannot be had
 * @param patienceMillis how long what is left behind may take
 */
record Crew(List<Member> members, boolean wedged, long patienceMillis) {

    /** Threads in this role. */
    Stream<Hand> threads(int role) {
        return members.stream().map(member -> new Hand(member, role));
    }

    /** Threads in any role. */
    Stream<Hand> threads() {
        return members.stream()
                .flatMap(member -> member.journals().stream().map(member.journals()::indexOf))
                .distinct()
                .flatMap(this::threads);
    }

    long sum(Word word) {
        return threads().mapToLong(thread -> thread.get(word)).sum();
    }

    /** A thread of a worker, as its journal shows it. */
    record Hand(Member member, int role) {

        long get(Word word) {
            return member.journals().get(role).get(word);
        }

        long[] logged() {
            return member.journals().get(role).logged();
        }

        long id() {
            return Member.threadId(member.number(), role);
        }

        /** Whether it was killed while something was at stake. */
        boolean wasPending() {
            return get(Word.FINISHED) == 0 && get(Word.PENDING) != 0;
        }

        @Override
        public String toString() {
            return member + "/" + role;
        }
    }
}
