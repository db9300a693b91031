package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

import io.zeroipc.codec.Codec;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.spring.core.StructureDefinition;

/** A structure that is declared, by properties or by a bean, and was found consistent. */
sealed interface DeclaredStructure permits ConfiguredStructure, DefinedStructure, UntypedStructure {

    /** Where it is declared: the full name of the properties' parent, or a description of the bean. */
    String property();

    /** Its name in this application. */
    String key();

    /** Its name in the segment's table. */
    String entryName();

    /** Whether a bean defines it. */
    boolean isDefined();

    /** The name that its bean is to have; null for the usual one. */
    @Nullable
    String beanName();

    boolean isPrimary();

    boolean isLazy();

    /** Whether all about it is known without other beans. */
    boolean isComplete();

    /** Its class with the types of its elements, as far as they are known before beans are. */
    ResolvableType beanType();

    /** @param codecs finds a bean by its name */
    StructureDefinition definition(Function<String, Codec<?>> codecs);

    /** The entries of the table that it needs. */
    List<String> entryNames();

    static ResolvableType beanType(StructureType type, List<Class<?>> elementTypes) {
        return elementTypes.isEmpty()
                ? ResolvableType.forClass(type.structureClass())
                : ResolvableType.forClassWithGenerics(type.structureClass(), elementTypes.toArray(Class<?>[]::new));
    }
}
