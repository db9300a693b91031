package io.zeroipc.fuzz;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collector;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.Loan;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.manifest.PackedArray;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Stall;
import io.zeroipc.sync.SharedCounter;

/**
 * Arguments for any operation, by the types and names of its parameters, such as an application would give: whatever an
 * operation throws then is not the caller's fault.
 */
final class Arguments {

    /** Elements of each Java array, more than any range below. */
    private static final int ARRAY_LENGTH = 8;
    private static final int RANGE_MAX = 4;
    /** Fits into a chunk of each topic. */
    private static final int MESSAGE_MAX = 64;
    private static final Duration[] TIMEOUTS = {Duration.ZERO, Duration.ofNanos(-1), Duration.ofNanos(30_000),
            Duration.ofNanos(100_000), Duration.ofNanos(300_000)};
    private static final int[] LIMITS = {0, 1, 2, 5, 1000};

    private final RandomGenerator random;
    private final Values values;
    private final Mischief mischief;
    /** Operations that take what a shape says. */
    private static final Set<String> SHAPED = Set.of("index", "at", "row", "rowIndex", "byteSize", "length");

    private final BiFunction<Class<?>, Actor, @Nullable Object> others;

    /** @param others gives a structure of a type for an operation of an actor; null when there is none */
    Arguments(RandomGenerator random, Mischief mischief, BiFunction<Class<?>, Actor, @Nullable Object> others) {
        this.random = random;
        this.values = new Values(random);
        this.mischief = mischief;
        this.others = others;
    }

    /** Whether elements of this type have this operation: {@code setInt} is for those of four bytes. */
    static boolean suits(Method method, @Nullable Codec<?> element) {
        String name = method.getName();
        Class<?> owner = method.getDeclaringClass();
        return switch (name) {
            case "asLongs" -> isOf(element, Long.class, Long.BYTES);
            case "asInts" -> isOf(element, Integer.class, Integer.BYTES);
            case "asDoubles" -> isOf(element, Double.class, Double.BYTES);
            default -> {
                if (owner != SharedArray.class && owner != SharedState.class && owner != StateWriter.class
                        && owner != PackedArray.class) {
                    yield true;
                }
                if (owner == PackedArray.class && name.equals("set")) {
                    yield element != null;
                }
                int width = width(method);
                yield width == 0 || (element != null && element.byteSize() == width);
            }
        };
    }

    private static boolean isOf(@Nullable Codec<?> element, Class<?> type, int size) {
        return element != null && element.type() == type && element.byteSize() == size;
    }

    /** Bytes of the elements that a method without boxing is for; 0 for all others. */
    private static int width(Method method) {
        String name = method.getName();
        if (name.matches("\\w*(Int|Float)(Acquire|Release)?")) {
            return Integer.BYTES;
        }
        if (name.matches("\\w*(Long|Double)(Acquire|Release)?")) {
            return Long.BYTES;
        }
        for (Class<?> type : method.getParameterTypes()) {
            if (type.isArray()) {
                return switch (type.componentType().getName()) {
                    case "byte" -> Byte.BYTES;
                    case "short" -> Short.BYTES;
                    case "int", "float" -> Integer.BYTES;
                    default -> Long.BYTES;
                };
            }
        }
        return 0;
    }

    /** The arguments; null when the operation has no right ones now. */
    @Nullable
    Object @Nullable [] of(Actor actor, Method method) {
        if (List.of(method.getParameterTypes()).contains(Binding.class)) {
            // For structures that consist of this one.
            return null;
        }
        if (actor.self() instanceof Source<?> source
                && ((method.getName().equals("committingIntake") && !source.canCommit())
                        || (method.getName().equals("intakeBehind") && !source.canContinue()))) {
            return null;
        }
        Shape shape = switch (actor.self()) {
            case Shape self -> self;
            case SharedArray<?> array -> array.shape();
            case PackedArray<?> array -> array.shape();
            default -> null;
        };
        if (shape != null && shape.dimensions() == 0 && method.getName().equals("row")) {
            return null;
        }
        if (shape != null && method.getParameterCount() > 0 && SHAPED.contains(method.getName())) {
            return ofShape(shape, method);
        }
        if (actor.self() instanceof PackedArray<?> array && method.getParameterCount() > 0
                && !method.getName().startsWith("copy")) {
            return ofPacked(array, actor, method);
        }
        Parameter[] parameters = method.getParameters();
        @Nullable Object[] arguments = new @Nullable Object[parameters.length];
        Range range = Range.of(actor.self(), random);
        for (int i = 0; i < parameters.length; i++) {
            Object argument = argument(actor, method, parameters[i], range);
            if (argument == null) {
                return null;
            }
            arguments[i] = argument;
        }
        return arguments;
    }

    /** Indexes that there are, of an element or of a row. */
    private Object @Nullable [] ofShape(Shape shape, Method method) {
        int dimensions = shape.dimensions();
        return switch (method.getName()) {
            case "byteSize" -> new Object[] {1 + random.nextInt(Integer.MAX_VALUE)};
            case "length" -> dimensions == 0 ? null : new Object[] {random.nextInt(dimensions)};
            case "row", "rowIndex" -> dimensions == 0 ? null : new Object[] {random.nextLong(shape.length(0))};
            default -> {
                long[] indexes = shape.lengths().stream().mapToLong(random::nextLong).toArray();
                if (method.getParameterCount() == 1) {
                    yield new Object[] {indexes};
                }
                yield indexes.length == 2 ? new Object[] {indexes[0], indexes[1]} : null;
            }
        };
    }

    private @Nullable Object @Nullable [] ofPacked(PackedArray<?> array, Actor actor, Method method) {
        if (array.length() == 0) {
            return null;
        }
        long position = random.nextLong(array.length());
        if (method.getParameterCount() == 1) {
            return new Object[] {position};
        }
        return new Object[] {position, switch (method.getParameterTypes()[1].getName()) {
            case "long" -> random.nextLong();
            case "double" -> random.nextDouble();
            default -> values.of(actor.requireElement());
        }};
    }

    /** Elements that exist on both sides of a copy. */
    private record Range(long from, long to, int count, int arrayFrom, long capacity) {

        static Range of(Object self, RandomGenerator random) {
            long capacity = switch (self) {
                case SharedArray<?> array -> array.capacity();
                case PackedArray<?> array -> array.length();
                default -> ARRAY_LENGTH;
            };
            int count = random.nextInt((int) Math.min(capacity, RANGE_MAX) + 1);
            return new Range(random.nextLong(capacity - count + 1), random.nextLong(capacity - count + 1), count,
                    random.nextInt(RANGE_MAX), capacity);
        }
    }

    private @Nullable Object argument(Actor actor, Method method, Parameter parameter, Range range) {
        Class<?> type = parameter.getType();
        return switch (type.getName()) {
            case "int" -> (int) whole(actor, method, parameter.getName(), range);
            case "long" -> claimOr(actor, method, parameter.getName(), range);
            case "float" -> (float) random.nextInt(RANGE_MAX);
            case "double" -> (double) random.nextInt(RANGE_MAX);
            case "boolean" -> random.nextBoolean();
            default -> {
                if (type.isArray()) {
                    yield Array.newInstance(type.componentType(), ARRAY_LENGTH);
                }
                if (type.isEnum()) {
                    yield type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
                }
                yield object(actor, method, parameter);
            }
        };
    }

    private @Nullable Object claimOr(Actor actor, Method method, String name, Range range) {
        if (actor.self() instanceof SharedQueue<?> && name.equals("claim")) {
            return actor.takeClaim(method.getName());
        }
        if (actor.self() instanceof CommittingIntake<?> intake && name.equals("position")) {
            long position = intake.position();
            return position < 0 ? null : position;
        }
        return whole(actor, method, name, range);
    }

    private long whole(Actor actor, Method method, String name, Range range) {
        boolean isRange = List.of(method.getParameters()).stream().anyMatch(each -> each.getName().equals("count"));
        return switch (name) {
            case "index" -> random.nextLong(range.capacity());
            case "handle" -> actor.self() instanceof SharedPool<?> pool ? random.nextInt(pool.capacity()) : 0;
            case "from" -> isRange ? range.from() : Math.min(range.from(), range.to());
            case "to" -> isRange ? range.to() : Math.max(range.from(), range.to());
            case "targetFrom", "sourceFrom" -> range.arrayFrom();
            case "count" -> method.getParameterCount() == 1 ? 1 + random.nextInt(RANGE_MAX) : range.count();
            case "max" -> LIMITS[random.nextInt(LIMITS.length)];
            case "times", "size" -> 1 + random.nextInt(RANGE_MAX);
            case "capacity" -> 1 + random.nextInt(ARRAY_LENGTH);
            case "timestamp" -> random.nextLong();
            case "bytes" -> random.nextInt(MESSAGE_MAX + 1);
            case "byteSize" -> actor.self() instanceof Loan loan ? random.nextLong(loan.byteSize() + 1) : 0;
            default -> {
                if (actor.self() instanceof SharedCounter || random.nextInt(8) != 0) {
                    yield random.nextInt(RANGE_MAX);
                }
                yield random.nextLong();
            }
        };
    }

    private @Nullable Object object(Actor actor, Method method, Parameter parameter) {
        Class<?> type = parameter.getType();
        if (type == Object.class) {
            return switch (parameter.getParameterizedType().getTypeName()) {
                case "K" -> values.of(actor.requireKey());
                case "T", "V" -> values.of(actor.requireElement());
                case "R" -> "nothing yet";
                default -> throw unknown(method, parameter);
            };
        }
        if (type == Duration.class) {
            return TIMEOUTS[random.nextInt(TIMEOUTS.length)];
        }
        if (type == String.class) {
            return "text".repeat(random.nextInt(100));
        }
        if (type.isAssignableFrom(List.class)) {
            return elements(actor);
        }
        if (type == SharedArray.class) {
            return actor.self();
        }
        if (type == SharedStream.class || type == Source.class) {
            return actor.element() == null ? null : others.apply(type, actor);
        }
        if (type == Codec.class) {
            return actor.element();
        }
        if (type == Stall.class) {
            return new Stall(random.nextInt(RANGE_MAX), random.nextBoolean()
                    ? Stall.Side.CLAIMED_AND_NOT_PUBLISHED
                    : Stall.Side.TAKEN_AND_NOT_RELEASED);
        }
        Object function = function(actor, type);
        if (function == null) {
            throw unknown(method, parameter);
        }
        return function;
    }

    private List<Object> elements(Actor actor) {
        int count = random.nextInt(20) == 0 ? 300 : random.nextInt(RANGE_MAX);
        List<Object> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(values.of(actor.requireElement()));
        }
        return elements;
    }

    /** Functions of the application: each may find the bytes changed, and may throw. */
    private @Nullable Object function(Actor actor, Class<?> type) {
        return switch (type.getSimpleName()) {
            case "Consumer" -> (Consumer<Object>) _ -> mischief.call();
            case "BiConsumer" -> (BiConsumer<Object, Object>) (_, _) -> mischief.call();
            case "IntConsumer" -> (IntConsumer) _ -> mischief.call();
            case "LongConsumer" -> (LongConsumer) _ -> mischief.call();
            case "DoubleConsumer" -> (DoubleConsumer) _ -> mischief.call();
            case "SlotConsumer" -> (SlotConsumer) (memory, offset) -> {
                mischief.call();
                boolean message = actor.self() instanceof TopicSubscriber;
                Actor.touch(memory, offset, message ? memory.byteSize() : actor.requireElement().byteSize());
            };
            case "Runnable" -> (Runnable) mischief::call;
            case "BooleanSupplier" -> {
                boolean answer = random.nextInt(4) == 0;
                yield (BooleanSupplier) () -> {
                    mischief.call();
                    mischief.lookInVain();
                    return answer;
                };
            }
            case "Supplier" -> {
                Object value = values.of(actor.requireElement());
                yield (Supplier<Object>) () -> {
                    mischief.call();
                    return value;
                };
            }
            case "UnaryOperator" -> {
                Object value = values.of(actor.requireElement());
                yield (UnaryOperator<Object>) _ -> {
                    mischief.call();
                    return value;
                };
            }
            case "Function" -> (Function<Object, Object>) element -> {
                mischief.call();
                return element;
            };
            case "Predicate" -> {
                boolean answer = random.nextBoolean();
                yield (Predicate<Object>) _ -> {
                    mischief.call();
                    return answer;
                };
            }
            case "BiFunction" -> (BiFunction<Object, Object, Object>) (before, _) -> {
                mischief.call();
                return before;
            };
            case "Collector" -> (Collector<Object, ?, ?>) Collectors.counting();
            default -> null;
        };
    }

    private static IllegalStateException unknown(Method method, Parameter parameter) {
        return new IllegalStateException("no argument for this parameter: method=" + method + ", parameter=" + parameter
                + " (expected: a rule in " + Arguments.class.getName() + ")");
    }
}
