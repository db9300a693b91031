package io.zeroipc.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import io.zeroipc.ElementSchema;
import io.zeroipc.ElementSchema.Field;

/**
 * Element types as programs describe them, without classes. Each has a name without package, so that types are equal exactly when
 * layouts and names are; {@link #elsewhere} puts one into packages. Some are made of others by a change in one place.
 */
final class RandomTypes {

    private static final String PRESENT = "present";
    /** What ends a text of JSON, or looks like a part of another one, is in some. */
    private static final List<
            String> NAMES = List.of("id", "price", "value", "gr\u00f6\u00dfe", "a\",\"kind\":\"int8", "x.y", "i$",
                    "\\", "", " ", "}", "\u0001");
    private static final List<
            String> PLAIN = List.of("int8", "uint8", "int16", "int32", "uint32", "float32", "int64", "uint64",
                    "float64", "instant", "nullable(int64)", "decimal(2)", "bool");
    private static final List<String> PACKAGES = List.of("", "com.acme.", "com.acme.Outer$", "x.", "x.Y$Z$");

    private final Random random;
    private final List<ElementSchema> made = new ArrayList<>();

    RandomTypes(long seed) {
        this.random = new Random(seed);
    }

    /** A new one, one that was there before, or one that differs from such in one place. */
    ElementSchema next() {
        int choice = made.isEmpty() ? 2 : random.nextInt(3);
        ElementSchema next = choice == 2 ? record(0) : made.get(random.nextInt(made.size()));
        next = choice == 1 ? changed(next) : next;
        made.add(next);
        return next;
    }

    /** The same type where its records are in packages and classes. */
    ElementSchema elsewhere(ElementSchema type) {
        List<Field> fields = type.fields().stream().map(field -> {
            ElementSchema nested = field.nested() == null ? null : elsewhere(field.nested());
            return new Field(field.name(), nested == null ? field.typeName() : nested.typeName(), field.offset(),
                    field.byteSize(),
                    field.count(), field.constants(), nested);
        }).toList();
        String name = isOptional(type)
                ? "optional(" + fields.getFirst().typeName() + ")"
                : PACKAGES.get(random.nextInt(PACKAGES.size())) + type.typeName();
        return new ElementSchema(name, type.byteSize(), type.alignment(), fields);
    }

    private static boolean isOptional(ElementSchema type) {
        return type.typeName().startsWith("optional(");
    }

    private ElementSchema record(int depth) {
        List<Field> fields = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        while (fields.size() < count) {
            fields.add(field(unused(fields), depth));
        }
        return laidOut("R" + random.nextInt(20), fields);
    }

    private String unused(List<Field> fields) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        while (isUsed(name, fields)) {
            name += random.nextInt(10);
        }
        return name;
    }

    private static boolean isUsed(String name, List<Field> fields) {
        return fields.stream().anyMatch(field -> field.name().equals(name));
    }

    private Field field(String name, int depth) {
        return switch (random.nextInt(depth < 2 ? 7 : 5)) {
            case 0 -> {
                List<String> constants = Stream.generate(() -> NAMES.get(random.nextInt(NAMES.size())))
                        .limit(1 + random.nextInt(3))
                        .distinct()
                        .toList();
                yield new Field(name, "int32", 0, 4, 1, constants, null);
            }
            case 1 -> {
                int length = 1 + random.nextInt(8);
                yield new Field(name, (random.nextBoolean() ? "string(" : "bytes(") + length + ")", 0, length, 1,
                        List.of(), null);
            }
            case 2 -> {
                int count = 1 + random.nextInt(3);
                String type = PLAIN.get(random.nextInt(PLAIN.size()));
                yield new Field(name, type, 0, count * alignment(type), count, List.of(), null);
            }
            case 5 -> of(name, record(depth + 1), 1 + random.nextInt(2));
            case 6 -> {
                Field value = field("value", depth + 1);
                yield of(name, laidOut("optional(" + value.typeName() + ")",
                        List.of(value, new Field(PRESENT, "bool", 0, 1, 1, List.of(), null))), 1);
            }
            default -> {
                String type = PLAIN.get(random.nextInt(PLAIN.size()));
                yield new Field(name, type, 0, alignment(type), 1, List.of(), null);
            }
        };
    }

    private static Field of(String name, ElementSchema nested, int count) {
        return new Field(name, nested.typeName(), 0, nested.byteSize() * count, count, List.of(), nested);
    }

    private static int alignment(String type) {
        return type.contains("(") && !type.startsWith("nullable") && !type.startsWith("decimal") ? 1
                : type.endsWith("8") || type.equals("bool") ? 1
                : type.endsWith("16") ? 2
                : type.endsWith("32") ? 4
                : 8;
    }

    private static ElementSchema laidOut(String name, List<Field> fields) {
        List<Field> placed = new ArrayList<>();
        int end = 0;
        int alignment = 1;
        for (Field field : fields) {
            ElementSchema nested = field.nested();
            int own = nested == null ? alignment(field.typeName()) : nested.alignment();
            int offset = Math.ceilDiv(end, own) * own;
            placed.add(new Field(field.name(), field.typeName(), offset, field.byteSize(), field.count(),
                    field.constants(), nested));
            end = offset + field.byteSize();
            alignment = Math.max(alignment, own);
        }
        return new ElementSchema(name, Math.ceilDiv(end, alignment) * alignment, alignment, placed);
    }

    /** In one place, however deep that is. */
    private ElementSchema changed(ElementSchema type) {
        List<Field> fields = new ArrayList<>(type.fields());
        int at = random.nextInt(fields.size());
        Field field = fields.get(at);
        ElementSchema nested = field.nested();
        if (nested != null && !isOptional(nested) && random.nextInt(3) > 0) {
            fields.set(at, of(field.name(), changed(nested), field.count()));
            return laidOut(type.typeName(), fields);
        }
        switch (random.nextInt(9)) {
            case 0 -> {
                return new ElementSchema(type.typeName() + "x", type.byteSize(), type.alignment(), fields);
            }
            case 1 -> {
                return new ElementSchema(type.typeName(), type.byteSize() + type.alignment(), type.alignment(), fields);
            }
            case 2 -> {
                return new ElementSchema(type.typeName(), type.byteSize(), type.alignment() == 1 ? 2 : 1, fields);
            }
            case 3 -> {
                fields.set(at,
                        new Field(field.name(), field.typeName(), field.offset() + 1, field.byteSize(), field.count(),
                                field.constants(), nested));
                return new ElementSchema(type.typeName(), type.byteSize() + type.alignment(), type.alignment(), fields);
            }
            case 4 -> fields.set(at, new Field(unused(fields), field.typeName(), 0, field.byteSize(), field.count(),
                    field.constants(), nested));
            case 5 -> fields.set(at, new Field(field.name(), field.typeName(), 0, field.byteSize() / field.count()
                    * (field.count() + 1), field.count() + 1, field.constants(), nested));
            case 6 -> fields.add(field(unused(fields), 2));
            case 7 -> {
                Field other = fields.removeLast();
                fields.addFirst(other);
            }
            default -> fields.set(at, field(field.name(), 0));
        }
        return laidOut(type.typeName(), fields);
    }
}
