package io.zeroipc.stress.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StateTableTest {

    private static final long SEED = 7;

    @Test
    void shouldHaveEachStateOnceAndInOrderWhenManyAreAdded() {
        StateTable table = new StateTable(2);
        SplittableRandom random = new SplittableRandom(SEED);
        Map<List<Long>, Integer> numbers = new HashMap<>();
        List<List<Long>> order = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            // Few bits that differ, in either word, as with real states; and many that come again.
            List<Long> state = List.of((long) random.nextInt(128) << 32, (long) random.nextInt(128));
            boolean isNew = numbers.putIfAbsent(state, order.size()) == null;
            if (isNew) {
                order.add(state);
            }
            assertThat(table.add(words(state))).as("seed=%s, state %s", SEED, i).isEqualTo(isNew);
        }
        assertThat(table.size()).isEqualTo(order.size());
        long[] read = new long[2];
        for (int number = 0; number < order.size(); number++) {
            table.get(number, read);
            assertThat(read).containsExactly(words(order.get(number)));
            assertThat(table.find(read)).isEqualTo(number);
        }
        assertThat(table.find(new long[] {1, 1})).isEqualTo(-1);
    }

    private static long[] words(List<Long> state) {
        return new long[] {state.get(0), state.get(1)};
    }
}
