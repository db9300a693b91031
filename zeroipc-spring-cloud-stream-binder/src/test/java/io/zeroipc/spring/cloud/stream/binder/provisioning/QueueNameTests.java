package io.zeroipc.spring.cloud.stream.binder.provisioning;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureKind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Names that fit into a table, say what they are, and are never those of another. */
class QueueNameTests {

    @Test
    void shouldCallQueuesAsTheirGroups() {
        assertThat(QueueName.of("billing")).hasToString("billing");
        assertThat(QueueName.of("billing", 2)).hasToString("billing-2");
        assertThat(QueueName.deadLettersOf("billing")).hasToString("billing.dlq");
        assertThat(QueueName.anonymous(3)).hasToString("~anonymous-3");
    }

    @Test
    void shouldFindTheDeadLettersOfAGroupByTheirName() {
        assertThat(QueueName.of("billing.dlq")).isEqualTo(QueueName.deadLettersOf("billing"));
        assertThat(QueueName.of("billing.dlq").kind()).isEqualTo(QueueName.Kind.DEAD_LETTERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"billing", "a", "2", "orders-0", "orders-12345", "a.dlq", ".dlq", "~changes",
            "~anonymous-0",
            "__zipc_types", "Rechnungen für Öl", "with/slash", "with space",
            "a-group-whose-name-is-longer-than-what-a-table-has-room-for", "x~12345678", "...", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂"})
    void shouldReadWhatItHasWritten(String group) {
        for (QueueName name : List.of(QueueName.of(group), QueueName.of(group, 0), QueueName.of(group, 9999),
                QueueName.deadLettersOf(group))) {
            assertThat(QueueName.parse(name.text())).as(group).isEqualTo(name);
            assertThat(name.text().length()).as(name.text()).isLessThanOrEqualTo(StructureKind.ENTRY_NAME_BYTES_MAX);
            assertThat(name.text()).matches("[A-Za-z0-9._~-]+");
        }
    }

    @Test
    void shouldGiveNoTwoGroupsTheSameQueue() {
        Set<String> names = new HashSet<>();
        for (String group : List.of("orders", "orders-0", "orders-1", "a/b", "a_b", "a b", "orders.dlq.dlq",
                "a-group-whose-name-is-longer-than-one", "a-group-whose-name-is-longer-than-two")) {
            assertThat(names.add(QueueName.of(group).text())).as(group).isTrue();
            assertThat(names.add(QueueName.of(group, 0).text())).as(group).isTrue();
            assertThat(names.add(QueueName.of(group, 1).text())).as(group).isTrue();
        }
    }

    @Test
    void shouldTakeWhatIsNotOfGroupsForNoQueue() {
        assertThat(QueueName.parse("~changes")).isNull();
    }

    @Test
    void shouldRefusePartitionsThatHaveNoName() {
        assertThatIllegalArgumentException().isThrownBy(() -> QueueName.of("billing", 10_000))
                .withMessage("partition is out of range: group=billing, partition=10000 (expected: 0 to 9999)");
        assertThatIllegalArgumentException().isThrownBy(() -> QueueName.of("billing", -1));
    }
}
