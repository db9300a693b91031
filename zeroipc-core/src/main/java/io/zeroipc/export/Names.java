package io.zeroipc.export;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import io.zeroipc.export.Type.Part;
import io.zeroipc.export.Type.Struct;

/**
 * Names of one scope, each legal in its language and different from all others. A name that is both stays as it is; another one is
 * changed in the same way each time.
 */
final class Names {

    /**
     * What a language takes for a name.
     *
     * @param start for its first character
     * @param part for the others
     * @param reserved for what is a name by its characters and can still be none
     * @param form the spelling that the language takes for all that mean the same to it
     */
    record Rules(IntPredicate start, IntPredicate part, Predicate<String> reserved, UnaryOperator<String> form) {

        /** Letters, digits and underscores that every compiler knows; some of them for the first one. */
        static Rules ascii(IntPredicate start, Predicate<String> reserved) {
            return new Rules(each -> each < 0x80 && start.test(each),
                    each -> each < 0x80 && (each == '_' || Character.isLetterOrDigit(each)), reserved,
                    UnaryOperator.identity());
        }

        /** Letters and digits of all scripts, in languages that take those. */
        static Rules unicode(Predicate<String> reserved, UnaryOperator<String> form) {
            return new Rules(each -> each == '_' || Character.isUnicodeIdentifierStart(each),
                    each -> Character.isUnicodeIdentifierPart(each) && !Character.isIdentifierIgnorable(each),
                    reserved, form);
        }

        boolean isLegal(String name) {
            return !name.isEmpty() && start.test(name.codePointAt(0)) && name.codePoints().allMatch(part)
                    && !reserved.test(name);
        }

        /** This name, or a legal one that is made of it. */
        String legal(String wanted) {
            StringBuilder name = new StringBuilder();
            form.apply(wanted).codePoints().forEach(each -> {
                if (part.test(each)) {
                    name.appendCodePoint(each);
                } else {
                    name.append(each < 0x80 ? "_" : "u%04x".formatted(each));
                }
            });
            if (name.isEmpty() || !start.test(name.codePointAt(0))) {
                name.insert(0, 'x');
            }
            while (reserved.test(name.toString())) {
                name.append('_');
            }
            return name.toString();
        }
    }

    private final Rules rules;
    private final Set<String> taken;

    /** @param taken names that others have in this scope */
    Names(Rules rules, Set<String> taken) {
        this.rules = rules;
        this.taken = new HashSet<>(taken);
    }

    /** The next name of this scope. */
    String take(String wanted) {
        String legal = rules.legal(wanted);
        String name = legal;
        for (int i = 2; !taken.add(name); i++) {
            name = legal + "_" + i;
        }
        return name;
    }

    /** The name of a segment's class. A record is often called as its segment, and has the first right to the name. */
    String takeOfSegment(String file) {
        String wanted = camel(file);
        return take(taken.contains(rules.legal(wanted)) ? wanted + "Segment" : wanted);
    }

    /** All that are taken so far. */
    Set<String> taken() {
        return Set.copyOf(taken);
    }

    /** In this order. */
    Map<Type, String> of(List<Type> types) {
        Map<Type, String> names = new LinkedHashMap<>();
        types.forEach(type -> names.put(type, take(type.wantedName())));
        return names;
    }

    /** Those of a struct's parts, as they stand there: first the members, which have a right to theirs. */
    static Map<Part, String> ofParts(Struct struct, Rules rules, Set<String> taken) {
        Names names = new Names(rules, taken);
        Map<Part, String> parts = new LinkedHashMap<>();
        for (Part part : struct.parts()) {
            if (part instanceof Part.Field(var member)) {
                parts.put(part, names.take(member.name()));
            }
        }
        for (Part part : struct.parts()) {
            if (part instanceof Part.Padding(var offset, var byteSize)) {
                parts.put(part, names.take("padding" + offset));
            }
        }
        return parts;
    }

    /** Without package and outer class. */
    static String simple(String typeName) {
        return typeName.substring(Math.max(typeName.lastIndexOf('.'), typeName.lastIndexOf('$')) + 1);
    }

    /** {@code CoreLoads} of {@code core-loads}, {@code core_loads} and {@code coreLoads}. */
    static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        boolean up = true;
        for (int each : name.codePoints().toArray()) {
            if (Character.isLetterOrDigit(each)) {
                camel.appendCodePoint(up ? Character.toUpperCase(each) : each);
                up = false;
            } else {
                up = true;
            }
        }
        return camel.toString();
    }
}
