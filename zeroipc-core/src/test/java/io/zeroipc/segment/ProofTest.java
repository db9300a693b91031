package io.zeroipc.segment;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;

import io.zeroipc.segment.Remains.Proof;

import static org.assertj.core.api.Assertions.assertThat;

/** What is needed to say that something is a dead participant's. */
class ProofTest {

    private static BooleanSupplier answers(Boolean... answers) {
        Deque<Boolean> left = new ArrayDeque<>(Arrays.asList(answers));
        return left::removeFirst;
    }

    @Test
    void shouldBeGivenWhenNobodyIsThereBeforeAndBehindTheLastLook() {
        assertThat(Proof.of(answers(true, true), answers(false, false))).isEqualTo(Proof.GIVEN);
    }

    @Test
    void shouldNotAskWhenSomebodyIsSeen() {
        assertThat(Proof.of(answers(false), answers())).isEqualTo(Proof.BUSY);
    }

    @Test
    void shouldBeUndecidedWhenSomebodyIsThereWhoAnnouncesNothing() {
        assertThat(Proof.of(answers(true), answers(true))).isEqualTo(Proof.UNDECIDED);
    }

    @Test
    void shouldLookAgainWhenWhoAnnouncesNothingMayHaveLeftItToALiveOneBeforeTheQuestion() {
        assertThat(Proof.of(answers(true, false), answers(false))).isEqualTo(Proof.BUSY);
    }

    @Test
    void shouldAskAgainWhenWhoAnnouncesNothingMayHaveComeBehindTheQuestion() {
        assertThat(Proof.of(answers(true, true), answers(false, true))).isEqualTo(Proof.UNDECIDED);
    }
}
