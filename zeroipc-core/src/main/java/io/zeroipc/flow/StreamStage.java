package io.zeroipc.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/** One step on the way from a stream to its reader. For one thread at a time. */
interface StreamStage<T> {

    /** The next element, or null when there is none now, or the look has come to its end. */
    @Nullable
    T next(StreamLook look);

    /** Whether nothing is left and nothing can come. */
    boolean isEnded();

    static <T> StreamStage<T> first(StreamSubscription<T> subscription) {
        return new StreamStage<>() {
            @Override
            public @Nullable T next(StreamLook look) {
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
            public @Nullable R next(StreamLook look) {
                T element = before.next(look);
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
            public @Nullable T next(StreamLook look) {
                T element = before.next(look);
                while (element != null && !condition.test(element)) {
                    element = look.passOver() ? before.next(look) : null;
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
            public @Nullable T next(StreamLook look) {
                T element = left == 0 ? null : before.next(look);
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
            public @Nullable T next(StreamLook look) {
                T element = before.next(look);
                while (element != null && left > 0) {
                    left--;
                    element = look.passOver() ? before.next(look) : null;
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
            public @Nullable List<T> next(StreamLook look) {
                boolean going = true;
                while (going && collected.size() < size) {
                    T element = before.next(look);
                    if (element != null) {
                        collected.add(element);
                    }
                    going = element != null && look.passOver();
                }
                boolean full = collected.size() == size;
                return full || (!collected.isEmpty() && before.isEnded()) ? handOut() : null;
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
