package io.zeroipc.codec;

import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

/**
 * Chooses, builds and remembers the codec of a record.
 * <p>
 * Generated code wherever possible. Method handles instead where the record's class loader or module does not see
 * {@link Codec}, which the generated class must implement; where a type inside the record is out of its reach; in a native image, which
 * has no class definition at run time; and where the system property {@value #GENERATE_PROPERTY} is {@code false}.
 */
final class RecordCodecs {

    /** {@code false}: never generate code. Read whenever a codec is built. */
    static final String GENERATE_PROPERTY = "zeroipc.codec.generate";

    /**
     * The codec hangs on the record's class and goes with it. Only records whose loader sees this engine are kept here:
     * a value on the class of a parent loader would keep this engine's loader alive after a restart.
     */
    private static final ClassValue<Codec<?>> CACHE = new ClassValue<>() {

        @Override
        protected Codec<?> computeValue(Class<?> type) {
            return build(type.asSubclass(Record.class), null);
        }
    };

    private RecordCodecs() {
    }

    @SuppressWarnings("unchecked")
    static <R extends Record> Codec<R> of(Class<R> type, MethodHandles.@Nullable Lookup given) {
        if (seesEngine(type) && (given == null || privateAccess(type, MethodHandles.lookup()) != null)) {
            // Computed from the class alone, and its type() is that class.
            return (Codec<R>) CACHE.get(type);
        }
        return build(type, given);
    }

    private static <R extends Record> Codec<R> build(Class<R> type, MethodHandles.@Nullable Lookup given) {
        RecordLayout layout = RecordLayout.of(type);
        // A public record of an exported package needs no more than the public lookup.
        MethodHandles.Lookup access = accessTo(type, given != null ? given : MethodHandles.publicLookup());
        try {
            if (isGenerationEnabled() && isPrivate(access, type) && seesEngine(type)) {
                MethodHandles.Lookup full = PackageLookup.full(access);
                if (RecordCodecGenerator.canReach(layout, full)) {
                    return RecordCodecGenerator.generate(type, layout, full);
                }
            }
            return new HandleRecordCodec<>(type, layout, access);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException("no access to record: type=" + type.getName() + ", module="
                    + type.getModule().getName() + " (expected: a module that opens " + type.getPackageName()
                    + ", or Codecs.record(type, MethodHandles.lookup()) called by it)", e);
        }
    }

    /** The most that can be had: private access by the engine's own right, by that of {@code given}, or {@code given}. */
    static MethodHandles.Lookup accessTo(Class<?> type, MethodHandles.Lookup given) {
        MethodHandles.@Nullable Lookup own = privateAccess(type, MethodHandles.lookup());
        if (own != null) {
            return own;
        }
        MethodHandles.@Nullable Lookup theirs = privateAccess(type, given);
        return theirs != null ? theirs : given;
    }

    static boolean isGenerationEnabled() {
        return !"false".equals(System.getProperty(GENERATE_PROPERTY))
                && System.getProperty("org.graalvm.nativeimage.imagecode") == null
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    }

    private static boolean isPrivate(MethodHandles.Lookup lookup, Class<?> type) {
        return (lookup.lookupModes() & MethodHandles.Lookup.PRIVATE) != 0 && lookup.lookupClass() == type;
    }

    private static MethodHandles.@Nullable Lookup privateAccess(Class<?> type, MethodHandles.Lookup lookup) {
        try {
            return MethodHandles.privateLookupIn(type, lookup);
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    /** Whether a class beside the record could name {@link Codec}: by its class loader, and by its module. */
    private static boolean seesEngine(Class<?> type) {
        try {
            return Class.forName(Codec.class.getName(), false, type.getClassLoader()) == Codec.class
                    && type.getModule().canRead(Codec.class.getModule());
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
