package io.zeroipc.export;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.zeroipc.export.Type.Constants;

/** A header in C++17: types, and the class of a segment where they are those of one. */
final class CppWriter extends CFamilyWriter {

    CppWriter() {
        super("alignas", "static_assert", "alignof");
    }

    @Override
    public String write(Model model, Target target) {
        String namespace = String.join("::", target.packageParts("\\.|::", RULES, Language.CPP));
        Source source = new Source("//");
        source.head(model).line("#pragma once").blank().line("#include <cstddef>").line("#include <cstdint>");
        begin(source, namespace);
        Model.Peer peer = model.peer();
        Map<Type, String> names = model.namesIn(RULES, peer == null ? Set.of() : CppPeer.TAKEN);
        Names others = new Names(RULES, new HashSet<>(names.values()));
        if (peer != null) {
            CppPeer.TAKEN.forEach(others::take);
        }
        types(source, model, names, others);
        for (Model.Root root : model.plainRoots()) {
            source.blank()
                    .line("using " + others.take(Names.camel(root.name())) + " = " + type(root.element(), names)
                            + bytes(root.element()) + ";", root.element().meaning());
        }
        if (peer != null) {
            // Behind the types, so that no macro of the system's headers is taken for one of their names.
            end(source, namespace);
            CppPeer.runtime(source, peer);
            CppPeer.gaps(source, peer,
                    struct -> (namespace.isEmpty() ? "" : "::" + namespace) + "::" + names.get(struct));
            begin(source, namespace);
            new CppPeer(this, peer, names, others).write(source);
        }
        end(source, namespace);
        return source.toString();
    }

    private static void begin(Source source, String namespace) {
        if (!namespace.isEmpty()) {
            source.blank().line("namespace " + namespace + " {");
        }
    }

    private static void end(Source source, String namespace) {
        if (!namespace.isEmpty()) {
            source.blank().line("}");
        }
    }

    @Override
    String of(Scalar scalar) {
        return switch (scalar) {
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
            case BOOL -> "bool";
            default -> "std::" + scalar.typeName() + "_t";
        };
    }

    @Override
    void constants(Source source, String name, Constants type, Names others) {
        Names names = new Names(RULES, Set.of());
        source.open("enum class " + name + " : " + of(type.scalar()) + " {");
        for (int i = 0; i < type.names().size(); i++) {
            source.line(names.take(type.names().get(i)) + " = " + i + ",");
        }
        source.close("};");
    }

    @Override
    String begin(String name) {
        return "struct " + name + " {";
    }

    @Override
    String end(String name) {
        return "};";
    }

    @Override
    void fingerprint(Source source, String name, String fingerprint) {
        source.line("inline constexpr char " + name + "[] = \"" + fingerprint + "\";");
    }
}
