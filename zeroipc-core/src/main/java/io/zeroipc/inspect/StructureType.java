package io.zeroipc.inspect;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/**
 * One kind of structure, for code that does not know kinds: configuration, reports, tools.
 *
 * @param kind which structure
 * @param structureClass its class; its last type parameter, if it has one, is the element, and one before that is what the
 *            option {@code key} names
 * @param probe what a stranger can learn of it
 * @param optionNames the options it reads from a {@link Declaration}
 * @param factory makes its spec from a declaration
 */
public record StructureType(StructureKind kind, Class<? extends Structure> structureClass, Probe probe,
        Set<String> optionNames, Function<Declaration, Spec<?>> factory) {

    public StructureType {
        optionNames = Set.copyOf(optionNames);
    }

    /**
     * The Java types for the type parameters of {@link #structureClass}, in their order; empty when it has none, or the
     * declaration does not say.
     *
     * @throws IllegalArgumentException when an option names no type
     */
    public List<Class<?>> typeArguments(Declaration declaration) {
        int parameters = structureClass.getTypeParameters().length;
        Codec<?> element = declaration.element();
        if (parameters == 0 || element == null) {
            return List.of();
        }
        return parameters == 1
                ? List.of(element.type())
                : List.of(declaration.codecOption("key").type(), element.type());
    }

    /**
     * The spec that a declaration describes.
     *
     * @throws IllegalArgumentException when the declaration says something impossible, or has an option this kind does
     *             not know; the message names it and what is known
     */
    public Spec<?> spec(Declaration declaration) {
        for (String option : declaration.options().keySet()) {
            if (!optionNames.contains(option)) {
                throw new IllegalArgumentException("unknown option: kind=" + kind + ", option=" + option
                        + " (expected: "
                        + (optionNames.isEmpty() ? "none" : String.join(", ", new TreeSet<>(optionNames))) + ")");
            }
        }
        return factory.apply(declaration);
    }
}
