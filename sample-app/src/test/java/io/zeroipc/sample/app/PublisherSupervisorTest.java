package io.zeroipc.sample.app;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.zeroipc.sample.publisher.PublisherMain;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;

/** With {@code cat} in the publisher's place: it too ends when its standard input does. */
@Tag("process")
@Timeout(60)
class PublisherSupervisorTest {

    private final List<String> starts = new CopyOnWriteArrayList<>();
    private final AtomicBoolean stale = new AtomicBoolean(true);

    private PublisherSupervisor supervisor(String... command) {
        Supplier<ProcessBuilder> counting = () -> {
            starts.add("start");
            return new ProcessBuilder(command);
        };
        return new PublisherSupervisor(counting, new Backoff(Duration.ofMillis(1), Duration.ofMillis(2)), stale::get);
    }

    private static List<ProcessHandle> children(String name) {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().filter(command -> command.endsWith("/" + name)).isPresent())
                .toList();
    }

    @Test
    void publisherWhenKilledIsStartedAgain() {
        try (PublisherSupervisor supervisor = supervisor("cat")) {
            supervisor.start();
            for (int killed = 1; killed <= 3; killed++) {
                await().until(() -> children("cat").size() == 1);
                children("cat").getFirst().destroyForcibly();
                int starts = killed + 1;
                await().until(() -> this.starts.size() == starts);
            }
        }
        assertThat(children("cat")).isEmpty();
    }

    @Test
    void closeWhenThePublisherRunsEndsItByItsPipe() {
        PublisherSupervisor supervisor = supervisor("sh", "-c", "cat; echo ended-by-itself >&2; exit 0");
        supervisor.start();
        await().until(() -> children("sh").size() + children("dash").size() + children("bash").size() == 1);

        supervisor.close();

        assertThat(starts).hasSize(1);
        assertThat(children("sh")).isEmpty();
    }

    @Test
    void closeBeforeTheFirstStartStartsNothing() {
        PublisherSupervisor supervisor = supervisor("cat");
        supervisor.close();
        supervisor.start();
        supervisor.close();

        assertThat(starts).isEmpty();
    }

    @Test
    void publisherWhenAnotherOnePublishesIsStartedOnceItsFiguresAreStale() {
        stale.set(false);
        try (PublisherSupervisor supervisor = supervisor("sh", "-c", "exit " + PublisherMain.ALREADY_PUBLISHED)) {
            supervisor.start();
            await().until(() -> starts.size() == 1);
            await().during(Duration.ofMillis(1500)).until(() -> starts.size() == 1);

            stale.set(true);

            await().until(() -> starts.size() >= 2);
        }
    }
}
