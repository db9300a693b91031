package io.zeroipc.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/** One step on the way from a stream to its reader. For one thread at a time. */
interface StreamStage<T> {

    /** The next element, or null when there is none now. */
    @Nullable
    T next();

    /** Whether nothing is left and nothing can come. */
    boolean isEnded();

    static <T> StreamStage<T> first(StreamSubscription<T> subscription) {
        return new StreamStage<>() {
            @Override
            public @Nullable T next() {
                return subscription.poll();
            }

            @Override
            public boolean isEnded() {
                return subscription.isExhausted();
            }
        };
    }

    static <T, R> StreamStage<R> map(StreamStage<T> before, Function<? super T, ? extends R> function) {
        return new StreamStage<>() {
            @Override
            public @Nullable R next() {
                T element = before.next();
                return element == null ? null : Objects.requireNonNull(function.apply(element), "mapped element");
            }

            @Override
            public boolean isEnded() {
                return before.isEnded();
            }
        };
    }

    static <T> StreamStage<T> filter(StreamStage<T> before, Predicate<? super T> condition) {
        return new StreamStage<>() {
            @Override
            public @Nullable T next() {
                T element = before.next();
                while (element != null && !condition.test(element)) {
                    element = before.next();
                }
                return element;
            }

            @Override
            public boolean isEnded() {
                return before.isEnded();
            }
        };
    }

    static <T> StreamStage<T> take(StreamStage<T> before, long count) {
        return new StreamStage<>() {
            private long left = count;

            @Override
            public @Nullable T next() {
                T element = left == 0 ? null : before.next();
                if (element != null) {
                    left--;
                }
                return element;
            }

            @Override
            public boolean isEnded() {
                return left == 0 || before.isEnded();
            }
        };
    }

    static <T> StreamStage<T> skip(StreamStage<T> before, long count) {
        return new StreamStage<>() {
            private long left = count;

            @Override
            public @Nullable T next() {
                T element = before.next();
                while (element != null && left > 0) {
                    left--;
                    element = before.next();
                }
                return element;
            }

            @Override
            public boolean isEnded() {
                return before.isEnded();
            }
        };
    }

    static <T> StreamStage<List<T>> window(StreamStage<T> before, int size) {
        return new StreamStage<>() {
            private List<T> collected = new ArrayList<>();

            @Override
            public @Nullable List<T> next() {
                while (collected.size() < size) {
                    T element = before.next();
                    if (element == null) {
                        return collected.isEmpty() || !before.isEnded() ? null : handOut();
                    }
                    collected.add(element);
                }
                return handOut();
            }

            private List<T> handOut() {
                List<T> full = List.copyOf(collected);
                collected = new ArrayList<>();
                return full;
            }

            @Override
            public boolean isEnded() {
                return collected.isEmpty() && before.isEnded();
            }
        };
    }
}
