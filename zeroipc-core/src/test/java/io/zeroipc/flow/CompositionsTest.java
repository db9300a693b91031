package io.zeroipc.flow;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The classes that the guide shows as compositions do what it says, and are what it shows. */
class CompositionsTest {

    private static final String PAGE = "docs/guide/structures/compositions.md";

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 18);
    }

    @ParameterizedTest
    @ValueSource(classes = {PriceBoard.class, LargeMap.class, ForkJoin.class, Calls.class})
    void shouldBeInTheGuideWhenItIsTestedHere(Class<?> shown) throws Exception {
        String source = Files.readString(Repository.root()
                .resolve("zeroipc-core/src/test/java/" + shown.getName().replace('.', '/') + ".java"));

        // Theirs is the package of some of what they use, and the reader's is another one.
        assertThat(Repository.read(PAGE).replaceAll("import io\\.zeroipc\\.flow\\..*\n", ""))
                .contains("```java\n" + source.substring(source.indexOf("import ")) + "```");
    }

    @Test
    void shouldReadTheWholeArrayWhenItIsWrittenAllTheTime() throws Exception {
        PriceBoard here = new PriceBoard(segment);
        PriceBoard there = new PriceBoard(segments.open(segment));
        try (Waiter<Long> reader = Waiter.repeating(() -> {
            double[] values = there.read();
            assertThat(values).containsOnly(values[0]);
        }); StateWriter<PriceBoard.Prices> writer = here.writer()) {
            double[] values = new double[64];
            for (int i = 1; i <= 20_000; i++) {
                Arrays.fill(values, i);
                writer.set(new PriceBoard.Prices(values));
            }
            assertThat(reader.stop()).isPositive();
        }
        assertThat(there.read()).hasSize(64).containsOnly(20_000);
    }

    @Test
    void shouldHoldLargeValuesWhenTheyAreReplacedAndRemoved() {
        LargeMap<Integer, Checked> map = map(segment);
        assertThat(map.getOrDefault(1, Checked.of(-1))).isEqualTo(Checked.of(-1));
        for (int key = 0; key < 4; key++) {
            assertThat(map.put(key, Checked.of(key))).isTrue();
        }
        assertThat(map.put(4, Checked.of(4))).isFalse();
        assertThat(map.put(3, Checked.of(33))).isTrue();
        assertThat(map.remove(0)).isTrue();
        assertThat(map.remove(0)).isFalse();
        assertThat(map.put(4, Checked.of(4))).isTrue();

        LargeMap<Integer, Checked> reopened = map(segments.open(segment));
        assertThat(reopened.getOrDefault(3, Checked.of(-1))).isEqualTo(Checked.of(33));
        assertThat(reopened.getOrDefault(0, Checked.of(-1))).isEqualTo(Checked.of(-1));
        assertThat(reopened.put(3, Checked.of(333))).isTrue();
        assertThat(map.getOrDefault(3, Checked.of(-1))).isEqualTo(Checked.of(333));
    }

    @Test
    void shouldReadWholeValuesWhenTheyAreReplacedAllTheTime() throws Exception {
        LargeMap<Integer, Checked> here = map(segment);
        LargeMap<Integer, Checked> there = map(segments.open(segment));
        try (Waiter<Long> reader = Waiter.repeating(() -> {
            for (int i = 0; i < 2; i++) {
                Checked value = there.getOrDefault(i, Checked.of(i));
                assertThat(value.isWhole()).isTrue();
                assertThat(value.number() & 1).isEqualTo(i);
            }
        })) {
            for (int i = 0; i < 100_000; i++) {
                assertThat(here.put(i & 1, Checked.of(i))).isTrue();
            }
            assertThat(reader.stop()).isPositive();
        }
    }

    private static LargeMap<Integer, Checked> map(Segment segment) {
        return new LargeMap<>(segment, "large", Codecs.int32(), Checked.CODEC, 4);
    }

    @Test
    void shouldJoinWhatWasForkedWhenSeveralWork() throws Exception {
        ForkJoin here = new ForkJoin(segment, 16);
        ForkJoin there = new ForkJoin(segments.open(segment), 16);
        here.fork();
        try (Waiter<Boolean> one = Waiter.running(() -> here.work(part -> part));
                Waiter<Boolean> two = Waiter.running(() -> there.work(part -> part))) {
            assertThat(here.join(Duration.ofMinutes(1))).isEqualTo(15 * 16 / 2);
            assertThat(one.get() && two.get()).isTrue();
        }
    }

    @Test
    void shouldHandOutAgainWhatIsLostWhenAWorkerDied() throws Exception {
        ForkJoin work = new ForkJoin(segment, 4);
        work.fork();
        // A worker took a part and was killed.
        assertThat(SharedQueue.open(segment, "open", Codecs.int32()).poll()).isZero();
        work.work(part -> part);

        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> work.join(Duration.ofMillis(1)))
                .withMessageStartingWith("1 parts");
        work.work(part -> part);
        assertThat(work.join(Duration.ofMinutes(1))).isEqualTo(6);
    }

    @Test
    void shouldAnswerEachClientWhenTheyAskAtTheSameTime() throws Exception {
        Segment server = segments.open(segment);
        try (Waiter<Boolean> serving = Waiter.running(() -> Calls.serve(server, value -> value * value));
                Calls.Client one = new Calls.Client(segment, 1);
                Calls.Client two = new Calls.Client(segments.open(segment), 2)) {
            List<CompletableFuture<Double>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(one.ask(i, Duration.ofMinutes(1)));
                answers.add(two.ask(-i, Duration.ofMinutes(1)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get(1, TimeUnit.MINUTES)).isEqualTo((i / 2) * (i / 2));
            }
            SharedChannel.open(segment, "questions", Codecs.record(Calls.Question.class)).close();
            assertThat(serving.get()).isTrue();
        }
    }

    @Test
    void shouldFailWhenNobodyAnswers() throws Exception {
        try (Calls.Client client = new Calls.Client(segment, 1)) {
            CompletableFuture<Double> answer = client.ask(1, Duration.ofMillis(1));

            assertThatExceptionOfType(ExecutionException.class).isThrownBy(answer::get)
                    .withCauseInstanceOf(TimeoutException.class);
        }
    }
}
