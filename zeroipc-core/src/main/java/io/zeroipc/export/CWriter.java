package io.zeroipc.export;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.zeroipc.export.Type.Constants;

/** A header in C11. */
final class CWriter extends CFamilyWriter {

    CWriter() {
        super("_Alignas", "_Static_assert", "_Alignof");
    }

    @Override
    public String write(Model model, Target target) {
        String prefix = String.join("", target.packageParts("\\.", RULES, Language.C)
                .stream()
                .map(part -> part + "_")
                .toList());
        Source source = new Source("//");
        source.head(model)
                .line("#pragma once")
                .blank()
                .line("#include <stdbool.h>")
                .line("#include <stddef.h>")
                .line("#include <stdint.h>");
        Names all = new Names(RULES, Set.of());
        Map<Type, String> names = new LinkedHashMap<>();
        model.byImportance().forEach(type -> names.put(type, all.take(prefix + type.wantedName())));
        types(source, model, names, all);
        for (Model.Root root : model.plainRoots()) {
            source.blank()
                    .line("typedef " + type(root.element(), names) + " " + all.take(prefix + Names.camel(root.name()))
                            + bytes(root.element()) + ";", root.element().meaning());
        }
        return source.toString();
    }

    @Override
    String of(Scalar scalar) {
        return switch (scalar) {
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
            case BOOL -> "bool";
            default -> scalar.typeName() + "_t";
        };
    }

    /** An enum of C has the size that the compiler likes. */
    @Override
    void constants(Source source, String name, Constants type, Names others) {
        source.line("typedef " + of(type.scalar()) + " " + name + ";").open("enum {");
        for (int i = 0; i < type.names().size(); i++) {
            source.line(others.take(name + "_" + type.names().get(i)) + " = " + i + ",");
        }
        source.close("};");
    }

    @Override
    String begin(String name) {
        return "typedef struct " + name + " {";
    }

    @Override
    String end(String name) {
        return "} " + name + ";";
    }

    @Override
    void fingerprint(Source source, String name, String fingerprint) {
        source.line("#define " + name + " \"" + fingerprint + "\"");
    }
}
