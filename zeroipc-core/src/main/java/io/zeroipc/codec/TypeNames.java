package io.zeroipc.codec;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** Names of the vocabulary and of records, as they stand in configuration, commands and the catalogue. */
final class TypeNames {

    private static final Pattern SIZED = Pattern.compile("(bytes|string|frame|decimal)\\(([0-9]{1,10})\\)");

    private static final String VOCABULARY = Arrays.stream(Scalar.values())
            .map(scalar -> scalar.typeName)
            .collect(Collectors.joining(" "))
            + " uuid instant duration date datetime decimal(n) bytes(n) string(n) frame(n), or the name of a record";

    private TypeNames() {
    }

    static Codec<?> resolve(String name, @Nullable ClassLoader loader) {
        String trimmed = name.strip();
        Codec<?> known = find(trimmed);
        return known != null ? known : record(trimmed, loader != null ? loader : defaultLoader());
    }

    /** As {@link #resolve}, without records: no class is loaded because a file says so. */
    static Codec<?> ofVocabulary(String name) {
        Codec<?> known = find(name);
        if (known == null) {
            throw unknown(name, hint(name), null);
        }
        return known;
    }

    /** As {@link #ofVocabulary}, for a field of a record, which may be null where its type says so. */
    static Codec<?> ofField(String name) {
        String ofValue = NullableCodec.valueType(name);
        if (ofValue == null) {
            return ofVocabulary(name);
        }
        Codec<?> nullable = NullableCodec.of(ofVocabulary(ofValue), "type=" + name);
        if (nullable == null) {
            throw unknown(name, "", null);
        }
        return nullable;
    }

    private static @Nullable Codec<?> find(String trimmed) {
        for (Scalar scalar : Scalar.values()) {
            if (scalar.typeName.equals(trimmed)) {
                return Codecs.scalar(scalar);
            }
        }
        Matcher sized = SIZED.matcher(trimmed);
        if (sized.matches()) {
            return sized(sized.group(1), Long.parseLong(sized.group(2)));
        }
        return switch (trimmed) {
            case "uuid" -> Codecs.uuid();
            case "instant" -> Codecs.instant();
            case "duration" -> Codecs.duration();
            case "date" -> Codecs.date();
            case "datetime" -> Codecs.dateTime();
            default -> null;
        };
    }

    private static Codec<?> sized(String name, long number) {
        return switch (name) {
            case "decimal" -> Codecs.decimal((int) Math.min(number, Integer.MAX_VALUE));
            case "bytes" -> Codecs.bytes(Codecs.requireLength(name, number));
            case "string" -> Codecs.string(Codecs.requireLength(name, number));
            default -> Codecs.frame(Codecs.requireLength(name, number));
        };
    }

    private static Codec<?> record(String name, @Nullable ClassLoader loader) {
        if (!isClassName(name)) {
            throw unknown(name, "", null);
        }
        Class<?> type = load(name, loader);
        if (!type.isRecord()) {
            throw new IllegalArgumentException(
                    "element type is not a record: name=" + name + ", class=" + type.getName()
                            + " (expected: " + VOCABULARY + ")");
        }
        return Codecs.record(type.asSubclass(Record.class));
    }

    /** Tries the name as it is, then with each dot from the right turned into the {@code $} of a nested class. */
    private static Class<?> load(String name, @Nullable ClassLoader loader) {
        @Nullable Throwable cause = null;
        String candidate = name;
        while (true) {
            try {
                return Class.forName(candidate, false, loader);
            } catch (ClassNotFoundException e) {
                // The next candidate may exist; what the first attempt said is reported if none does.
                cause = cause != null ? cause : e;
            } catch (LinkageError e) {
                // A class file is there but cannot be used: more telling than any "not found".
                cause = cause instanceof LinkageError ? cause : e;
            }
            int dot = candidate.lastIndexOf('.');
            if (dot < 0) {
                throw unknown(name, hint(name), cause);
            }
            candidate = candidate.substring(0, dot) + '$' + candidate.substring(dot + 1);
        }
    }

    private static boolean isClassName(String name) {
        return !name.isEmpty() && Arrays.stream(name.split("\\.", -1)).allMatch(TypeNames::isIdentifier);
    }

    private static boolean isIdentifier(String part) {
        return !part.isEmpty() && Character.isJavaIdentifierStart(part.codePointAt(0))
                && part.codePoints().allMatch(Character::isJavaIdentifierPart);
    }

    /** The names people try first. */
    private static String hint(String name) {
        return switch (name) {
            case "byte", "Byte" -> "; did you mean int8?";
            case "short", "Short" -> "; did you mean int16?";
            case "int", "Integer" -> "; did you mean int32?";
            case "long", "Long" -> "; did you mean int64?";
            case "float", "Float" -> "; did you mean float32?";
            case "double", "Double" -> "; did you mean float64?";
            case "boolean", "Boolean" -> "; did you mean bool?";
            case "UUID" -> "; did you mean uuid?";
            case "Instant", "timestamp" -> "; did you mean instant?";
            case "Duration" -> "; did you mean duration?";
            case "LocalDate" -> "; did you mean date?";
            case "LocalDateTime" -> "; did you mean datetime?";
            case "decimal", "BigDecimal" -> "; did you mean decimal(n), with the number of digits behind the point?";
            case "string", "String" -> "; did you mean string(n), with the number of bytes?";
            case "bytes" -> "; did you mean bytes(n), with the number of bytes?";
            case "frame" -> "; did you mean frame(n), with the largest number of bytes?";
            default -> "";
        };
    }

    private static IllegalArgumentException unknown(String name, String hint, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "unknown element type: name=" + name + " (expected: " + VOCABULARY + hint + ")", cause);
    }

    private static @Nullable ClassLoader defaultLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context != null ? context : TypeNames.class.getClassLoader();
    }
}
