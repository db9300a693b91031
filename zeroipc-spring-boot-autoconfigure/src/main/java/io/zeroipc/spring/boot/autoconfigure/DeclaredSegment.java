package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;

import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.StartupFailurePolicy;

/** A segment that is declared, by properties or by a bean, with all that is declared in it. */
sealed interface DeclaredSegment permits ConfiguredSegment, DefinedSegment {

    /** Where it is declared: the full name of the properties' parent, or a description of the bean. */
    String property();

    /** Its name in this application. */
    String key();

    /** Those that are enabled, in the order of declaration. */
    List<DeclaredStructure> structures();

    /** The same with one more, which nobody else declares. */
    DeclaredSegment with(DeclaredStructure structure);

    OnReplaced onReplaced();

    /** Whether beans have to ask the registry each time: the file may come later, or be replaced by another one. */
    default boolean isChanging(StartupFailurePolicy policy) {
        return onReplaced() == OnReplaced.REATTACH || policy == StartupFailurePolicy.CONTINUE;
    }
}
