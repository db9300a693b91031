package io.zeroipc.fuzz;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Binding;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever bytes a segment has: each operation has a result, or throws one of the documented exceptions, and soon. The cases
 * follow from their seeds, so a build that fails does so again.
 */
@Tag("process")
class FuzzTest {

    private static final long FIRST = 1;
    private static final String AGAIN = "%s%n(one of them again: java -cp verification/fuzz/target/classes:"
            + "zeroipc-core/target/classes io.zeroipc.fuzz.Main --replay SEED)";

    @Test
    @Tag("slow")
    void shouldEndInResultsOrDocumentedExceptionsWhenBytesAreWrong() throws Exception {
        Outcome outcome = requireClean(campaign -> campaign.cases(FIRST, 20_000, null));
        // All that is worth little when an operation was left out.
        assertThat(outcome.taken().keySet()).containsAll(operations());
    }

    @Test
    @Tag("slow")
    void shouldEndInResultsOrDocumentedExceptionsWhenAnotherProcessOverwritesTheBytes() throws Exception {
        Outcome outcome = requireClean(campaign -> campaign.scribble(FIRST, 6));
        assertThat(outcome.taken()).containsKeys("SegmentBuilder.open()", "Inspector.report(Segment)");
    }

    @Test
    void shouldStayMendedWhenASeedHasFoundSomething() throws Exception {
        assertThat(requireClean(Campaign::kept).taken()).isNotEmpty();
    }

    @Test
    @Tag("stress")
    void shouldEndInResultsOrDocumentedExceptionsWhenAMillionSegmentsAreWrong() throws Exception {
        assertThat(requireClean(campaign -> campaign.cases(FIRST, 1_000_000, null)).taken()).isNotEmpty();
    }

    @Test
    @Tag("stress")
    void shouldEndInResultsOrDocumentedExceptionsWhenAnotherProcessOverwritesForAMinute() throws Exception {
        assertThat(requireClean(campaign -> campaign.scribble(FIRST, 60)).taken()).isNotEmpty();
    }

    private interface Work {

        Outcome with(Campaign campaign) throws Exception;
    }

    private static Outcome requireClean(Work work) throws Exception {
        try (Campaign campaign = new Campaign(FuzzTest::print)) {
            Outcome outcome = work.with(campaign);
            assertThat(outcome.findings()).as(AGAIN, outcome).isEmpty();
            return outcome;
        }
    }

    private static void print(String line) {
        System.out.println(line);
    }

    /** The public operations of all structures, by the names that steps have. */
    private static Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (StructureType type : Catalog.types()) {
            Arrays.stream(type.structureClass().getDeclaredMethods())
                    .filter(method -> Modifier.isPublic(method.getModifiers())
                            && !Modifier.isStatic(method.getModifiers())
                            && !method.isBridge() && !Set.of("name", "kind", "segment").contains(method.getName())
                            // For structures that consist of this one.
                            && Arrays.stream(method.getParameterTypes()).noneMatch(Binding.class::equals))
                    .forEach(method -> operations.add(type.structureClass().getSimpleName() + "." + signature(method)));
        }
        return operations;
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(",", method.getName() + "(", ")"));
    }
}
