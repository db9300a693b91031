package io.zeroipc.interop;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Java source of records with everything that a component can be, under names that other languages have for something else. Some are
 * copies of others in another class, and some differ from another one in nothing but a field.
 */
final class RandomRecords {

    /** How many are in one class. */
    static final int GROUP = 100;

    private static final List<String> NAMES = List.of("id", "price", "def", "fn", "type", "from", "register", "self",
            "None", "linux", "value", "present", "constructor", "size", "at", "view", "prototype", "__proto__",
            "_fields_", "gr\u00f6\u00dfe", "$x", "a_b", "template", "lambda", "impl", "SIZE", "length", "name", "mro",
            "u8", "OFFSETS", "std", "NULL", "errno", "bool", "match", "where", "async", "let", "delete", "not", "union",
            "signed", "typedef", "i\u0307", "\ufb01ne", "_", "TRUE", "self_", "crate", "Self", "copy", "I");
    private static final List<String> TYPE_NAMES = List.of("Instant", "Some", "DataView", "Length", "None", "Self",
            "u8",
            "int8_t", "Structure", "Type", "Option", "numpy", "Gr\u00f6\u00dfe", "Duration", "Frame4", "OptionalInt32",
            "R_2", "Array", "class_", "Types_");
    private static final List<String> SCALARS = List.of("byte", "short", "int", "long", "float", "double", "boolean",
            "@Unsigned(8) short", "@Unsigned(8) int", "@Unsigned(16) int", "@Unsigned(32) long", "@Unsigned short",
            "@Unsigned int", "@Unsigned long");
    private static final List<String> VALUES = List.of("java.util.UUID", "java.time.Instant", "java.time.Duration",
            "java.time.LocalDate", "java.time.LocalDateTime");
    private static final List<String> BOXES = List.of("Byte", "Short", "Integer", "Long", "Float", "Double");
    private static final List<String> ENUMS = List.of("enum Side { BUY, SELL }",
            "enum Colour { RED, NULL, mro, None, name, value, EOF, type, constructor, __proto__, Self }",
            "enum One { ONLY }");

    private final Random random;
    private final List<Made> made = new ArrayList<>();

    /** @param depth of records in it, itself included */
    private record Made(String group, String name, List<String> types, List<String> names, int depth) {

        String source() {
            List<String> components = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                components.add(types.get(i) + " " + names.get(i));
            }
            return "public record " + name + "(" + String.join(", ", components) + ") {}";
        }
    }

    RandomRecords(long seed) {
        this.random = new Random(seed);
    }

    /** The sources of that many records, a class of {@value #GROUP} each, named {@code G0} and so on. */
    List<String> sources(int count) {
        List<String> sources = new ArrayList<>();
        for (int group = 0; made.size() < count; group++) {
            StringBuilder source = new StringBuilder("package random;\n"
                    + "import io.zeroipc.codec.Absent; import io.zeroipc.codec.Scale; import io.zeroipc.codec.Unsigned;\n"
                    + "public class G" + group + " {\n");
            ENUMS.forEach(each -> source.append("public ").append(each).append('\n'));
            Set<String> taken = new LinkedHashSet<>();
            for (int i = 0; i < GROUP && made.size() < count; i++) {
                Made next = next("G" + group, taken);
                made.add(next);
                source.append(next.source()).append('\n');
            }
            sources.add(source.append("}\n").toString());
        }
        return sources;
    }

    /** Binary names of all, in order. */
    List<String> names() {
        return made.stream().map(each -> "random." + each.group + "$" + each.name).toList();
    }

    private Made next(String group, Set<String> taken) {
        if (made.size() > 10 && random.nextInt(5) == 0) {
            Made other = made.get(random.nextInt(made.size()));
            // A record of the same group would be the same class.
            if (!other.group.equals(group) && taken.add(other.name)) {
                return random.nextBoolean()
                        ? new Made(group, other.name, other.types, other.names, other.depth)
                        : changed(group, other);
            }
        }
        String name = random.nextInt(4) == 0 ? TYPE_NAMES.get(random.nextInt(TYPE_NAMES.size())) : "R" + made.size();
        if (!taken.add(name)) {
            name = "R" + made.size();
            taken.add(name);
        }
        int count = 1 + random.nextInt(8);
        List<String> types = new ArrayList<>();
        int depth = 1;
        for (int i = 0; i < count; i++) {
            if (!made.isEmpty() && random.nextInt(6) == 0) {
                Made inner = made.get(random.nextInt(made.size()));
                if (inner.depth < 4) {
                    depth = Math.max(depth, inner.depth + 1);
                    types.add(decorated(inner.group + "." + inner.name));
                    continue;
                }
            }
            types.add(type());
        }
        return new Made(group, name, types, names(count), depth);
    }

    private Made changed(String group, Made other) {
        List<String> types = new ArrayList<>(other.types);
        List<String> names = new ArrayList<>(other.names);
        int at = random.nextInt(types.size());
        switch (random.nextInt(3)) {
            case 0 -> names.set(at, "renamed" + made.size());
            case 1 -> types.set(at, SCALARS.get(random.nextInt(SCALARS.size())));
            default -> Collections.swap(names, at, random.nextInt(types.size()));
        }
        return new Made(group, other.name, types, names, other.depth);
    }

    private List<String> names(int count) {
        Set<String> names = new LinkedHashSet<>();
        while (names.size() < count) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            names.add(name.equals("_") ? "x" + random.nextInt(100) : name);
        }
        return List.copyOf(names);
    }

    private String type() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> SCALARS.get(random.nextInt(SCALARS.size()));
            case 3 -> length(20) + "java.lang.String";
            case 4 -> length(20) + "byte[]";
            case 5 -> decorated(VALUES.get(random.nextInt(VALUES.size())));
            case 6 -> decorated("@Scale(" + random.nextInt(19) + ") java.math.BigDecimal");
            case 7 -> {
                String scalar = SCALARS.get(random.nextInt(SCALARS.size()));
                // Without @Unsigned it would be bytes(n), which case 4 has.
                yield length(4) + scalar + "[]";
            }
            case 8 -> {
                String box = "java.lang." + BOXES.get(random.nextInt(BOXES.size()));
                yield (random.nextBoolean() ? "@Absent " : "@Absent(Absent.By.FLAG) ") + box;
            }
            default -> {
                String name = List.of("Side", "Colour", "One").get(random.nextInt(3));
                String width = List.of("", "@Unsigned(8) ", "@Unsigned(16) ", "@Unsigned ").get(random.nextInt(4));
                yield random.nextBoolean() ? width + decoratedByFlag(name) : width + name;
            }
        };
    }

    /** As it is, as an array, or absent now and then. */
    private String decorated(String type) {
        boolean hasSentinel = !type.matches("G.*");
        return switch (random.nextInt(4)) {
            case 0 -> length(3) + type + "[]";
            case 1 -> decoratedByFlag(type);
            case 2 -> (hasSentinel ? "@Absent " : "") + type;
            default -> type;
        };
    }

    private String decoratedByFlag(String type) {
        return "@Absent(Absent.By.FLAG) " + (random.nextInt(3) == 0 ? length(3) + type + "[]" : type);
    }

    private String length(int max) {
        return "@io.zeroipc.codec.Length(" + (1 + random.nextInt(max)) + ") ";
    }
}
