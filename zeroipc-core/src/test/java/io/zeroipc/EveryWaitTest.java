package io.zeroipc;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.WaitForms.Case;
import io.zeroipc.WaitForms.End;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.PermitCell;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.with;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

/**
 * Every form of waiting of the public API ends at its time and at an interrupt, although what it waits for is with a process that
 * was killed. The forms are found by reflection: one that nobody has thought of in {@link WaitForms} fails.
 */
@Tag("process")
class EveryWaitTest {

    private static final Duration SHORT = Duration.ofMillis(10);
    /** Longer than a test that hangs is left alone. */
    private static final Duration LONG = Duration.ofHours(10);

    /** What waits are made of; users of the library do not see it. */
    private static final Set<String> INNER_PACKAGES = Set.of("io.zeroipc.os", "io.zeroipc.wait");
    /** Public for another package of ours; nothing hands one out. */
    private static final Set<Class<?>> INNER_TYPES = Set.of(PermitCell.class);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final Map<Case, Waiter<Outcome>> begun = new HashMap<>();

    @AfterEach
    void endWaits() {
        begun.values().forEach(Waiter::close);
    }

    @TestFactory
    Stream<DynamicTest> shouldEndWhenWhatItWaitsForIsWithAKilledProcess() throws Exception {
        Segment segment = segments.create(builder -> builder.size(1 << 20).maxEntries(256));
        List<Case> cases;
        assertThat(WaitPeer.monitors(segment)).hasSize(WaitPeer.MONITORS);
        try (PeerProcess peer = PeerProcess.of(WaitPeer.class).withArguments(segment.path()).start()) {
            peer.await("held");
            cases = WaitForms.of(segment);
            cases.stream()
                    .filter(Case::during)
                    .forEach(each -> begun.put(each, begin(each, each.byItself() == null ? LONG : SHORT)));
            peer.await("all held");
            peer.kill();
        }
        // All of them at once, as each then waits for some time for what it has to give back.
        for (Map.Entry<Case, Waiter<Outcome>> each : begun.entrySet()) {
            if (each.getKey().interrupted() != null) {
                interruptWaiting(each.getValue());
            }
        }
        return Stream.concat(
                Stream.of(dynamicTest("every form has a case", () -> requireAllForms(cases))),
                cases.stream().flatMap(this::tests));
    }

    private Stream<DynamicTest> tests(Case each) {
        return Stream.of(
                each.byItself() == null
                        ? null
                        : dynamicTest(each + ": ends by itself", () -> requireEndByItself(each, each.byItself())),
                each.interrupted() == null
                        ? null
                        : dynamicTest(each + ": ends at an interrupt",
                                () -> requireEndAtInterrupt(each, each.interrupted())))
                .filter(Objects::nonNull);
    }

    private void requireEndByItself(Case each, End end) throws Exception {
        try (Waiter<Outcome> waiter = each.during() ? begun.get(each) : begin(each, SHORT)) {
            Outcome outcome = waiter.get();
            outcome.require(end);
            assertThat(outcome.interrupted()).isFalse();
            if (!each.early()) {
                assertThat(outcome.took()).isGreaterThanOrEqualTo(SHORT);
            }
        }
    }

    private void requireEndAtInterrupt(Case each, End end) throws Exception {
        try (Waiter<Outcome> waiter = each.during() ? begun.get(each) : begin(each, LONG)) {
            if (!each.during()) {
                interruptWaiting(waiter);
            }
            Outcome outcome = waiter.get();
            outcome.require(end);
            // Whoever does not say that it was interrupted leaves it to the next who asks.
            assertThat(outcome.interrupted()).isEqualTo(!(outcome.failure() instanceof InterruptedException));
        }
    }

    private static void interruptWaiting(Waiter<Outcome> waiter) throws Exception {
        with().pollInterval(Duration.ofMillis(1)).await().until(() -> waiter.isSleeping() || waiter.isDone());
        assertThat(waiter.isDone() ? waiter.get() : null).as("ended without waiting").isNull();
        waiter.interrupt();
    }

    private static Waiter<Outcome> begin(Case each, Duration limit) {
        return Waiter.of(() -> Outcome.of(each.call(), limit));
    }

    /**
     * How a call has ended.
     *
     * @param interrupted whether its thread is, afterwards
     */
    private record Outcome(@Nullable Object result, @Nullable Throwable failure, boolean interrupted, Duration took) {

        static Outcome of(WaitForms.Call call, Duration limit) {
            long begin = System.nanoTime();
            Object result = null;
            Throwable failure = null;
            try {
                result = call.of(limit);
            } catch (Throwable e) {
                failure = e;
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            return new Outcome(result, failure, Thread.currentThread().isInterrupted(), took);
        }

        void require(End end) {
            if (end.failure() != null) {
                assertThat(failure).as("failure; result=%s", result).isExactlyInstanceOf(end.failure());
            } else {
                assertThat(failure).isNull();
                assertThat(result).isEqualTo(end.result());
            }
        }
    }

    // the forms

    private static void requireAllForms(List<Case> cases) throws IOException, URISyntaxException {
        List<Class<?>> types = publicTypes();
        assertThat(types).containsAll(Catalog.types().stream().map(StructureType::structureClass).toList());
        List<Form> forms = types.stream()
                .filter(type -> !isSeenInAnother(type, types))
                .flatMap(EveryWaitTest::forms)
                .toList();
        assertThat(cases.stream().map(Case::form).distinct()).as("forms in WaitForms")
                .containsExactlyInAnyOrderElementsOf(forms.stream().map(Form::name).toList());
        assertThat(forms.stream().filter(Form::timed).map(Form::name)).as("forms with a time that end at it")
                .isSubsetOf(cases.stream()
                        .filter(each -> each.byItself() != null && !each.early())
                        .map(Case::form)
                        .toList());
        assertThat(forms.stream().filter(Form::interruptible).map(Form::name)).as("forms that end at an interrupt")
                .isSubsetOf(cases.stream().filter(each -> each.interrupted() != null).map(Case::form).toList());
    }

    private record Form(String name, boolean timed, boolean interruptible) {

        static Form of(Class<?> type, Method method) {
            List<Class<?>> parameters = List.of(method.getParameterTypes());
            String name = type.getName().substring(type.getPackageName().length() + 1).replace('$', '.') + "."
                    + method.getName()
                    + parameters.stream().map(Class::getSimpleName).collect(Collectors.joining(",", "(", ")"));
            return new Form(name, parameters.contains(Duration.class) || parameters.contains(Deadline.class),
                    List.of(method.getExceptionTypes()).contains(InterruptedException.class));
        }
    }

    private static Stream<Form> forms(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> !method.isBridge() && method.getDeclaringClass().getName().startsWith("io.zeroipc."))
                .map(method -> Form.of(type, method))
                .filter(form -> form.timed() || form.interruptible())
                .distinct();
    }

    /** An interface is called through the classes that have it, if those can be seen. */
    private static boolean isSeenInAnother(Class<?> type, List<Class<?>> types) {
        return type.isInterface()
                && types.stream().anyMatch(other -> !other.isInterface() && type.isAssignableFrom(other));
    }

    /** All public types of the engine but the inner ones: more than the structures of the catalogue hand out. */
    private static List<Class<?>> publicTypes() throws IOException, URISyntaxException {
        Path root = Path.of(Segment.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .<Class<?>>map(EveryWaitTest::load)
                    .filter(EveryWaitTest::isPublic)
                    .filter(type -> !INNER_PACKAGES.contains(type.getPackageName()) && !INNER_TYPES.contains(type))
                    .toList();
        }
    }

    private static Class<?> load(String file) {
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.').replace('\\', '.');
        try {
            return Class.forName(name, false, Segment.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }
}
