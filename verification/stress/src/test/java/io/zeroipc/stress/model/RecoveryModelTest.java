package io.zeroipc.stress.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** How a queue recovers from the death of its users: in all orders of steps that the bounds of the scenarios allow. */
class RecoveryModelTest {

    private static final int LIMIT_SMALL = 2_000_000;
    private static final int LIMIT = 100_000_000;

    @ParameterizedTest
    @MethodSource("io.zeroipc.stress.model.Scenarios#small")
    void shouldRobNobodyAndComeToAnEndWhenProcessesDie(Scenario scenario) {
        requireExpected(Explorer.explore(scenario, LIMIT_SMALL, true));
    }

    @ParameterizedTest
    @MethodSource("io.zeroipc.stress.model.Scenarios#broken")
    void shouldFindWhatComesOfItWhenARuleIsBroken(Scenario scenario) {
        Verdict verdict = Explorer.explore(scenario, LIMIT_SMALL, true);
        requireExpected(verdict);
        assertThat(verdict.trace()).as("the way to it").isNotEmpty();
    }

    /** What a scenario without deviations finds would be worth little if its rules could be broken unseen. */
    @Test
    void shouldHaveAScenarioWhenARuleCanBeBroken() {
        Set<Deviation> broken = EnumSet.noneOf(Deviation.class);
        Scenarios.broken().forEach(scenario -> broken.addAll(scenario.deviations()));
        assertThat(broken).containsExactlyInAnyOrder(Deviation.values());
    }

    /** Each state stands for as many as there are origins of positions, and for nothing else. */
    @Test
    void shouldHaveEachStateOnceForEachOriginWhenPositionsAreAbsolute() {
        Scenario relative = Scenario.named("relative").batches(2).kills(1).with(Option.GIVE_UP);
        Scenario absolute = relative.with(Option.ABSOLUTE_POSITIONS);
        int states = Explorer.explore(relative, LIMIT_SMALL, false).states();
        assertThat(Explorer.explore(absolute, LIMIT_SMALL, false).states())
                .isEqualTo(states * new Layout(absolute).modulus);
    }

    @Test
    void shouldNotTellWhatIsLeftWhenThereAreTooManyStates() {
        Verdict verdict = Explorer.explore(Scenario.named("small").kills(1), 100, false);
        assertThat(verdict.isComplete()).isFalse();
        assertThat(verdict.isAsExpected()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("io.zeroipc.stress.model.Scenarios#large")
    @Tag("stress")
    void shouldRobNobodyAndComeToAnEndWhenMoreTakePart(Scenario scenario) {
        requireExpected(Explorer.explore(scenario, LIMIT, false));
    }

    @SuppressWarnings("SystemOut") // the figures belong to the result
    private static void requireExpected(Verdict verdict) {
        System.out.println(verdict);
        List<String> trace = verdict.trace();
        assertThat(verdict.isAsExpected())
                .as("%s, expected %s%n%s", verdict, verdict.scenario().expectation(), String.join("\n", trace))
                .isTrue();
    }
}
