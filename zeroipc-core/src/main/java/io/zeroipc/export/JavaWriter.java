package io.zeroipc.export;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.export.Type.Constants;
import io.zeroipc.export.Type.Member;
import io.zeroipc.export.Type.Struct;

/**
 * Records with the annotations that give them this layout, in one public class: the record that is called as the file, or one around
 * all of them. Two records of one name keep it, one of them in a class of its own, as the name is a part of the fingerprint.
 */
final class JavaWriter implements TypeWriter {

    private static final Set<String> KEYWORDS = Set.of("_", "abstract", "assert", "boolean", "break", "byte", "case",
            "catch", "char", "class", "const", "continue", "default", "do", "double", "else", "enum", "extends",
            "false", "final", "finally", "float", "for", "goto", "if", "implements", "import", "instanceof", "int",
            "interface", "long", "native", "new", "null", "package", "private", "protected", "public", "return",
            "short", "static", "strictfp", "super", "switch", "synchronized", "this", "throw", "throws", "transient",
            "true", "try", "void", "volatile", "while");
    /** No types, or the packages of others. */
    private static final Set<String> NO_TYPES = Set.of("record", "var", "yield", "sealed", "permits", "java", "io");
    /** Methods that every object has. */
    private static final Set<String> NO_COMPONENTS = Set.of("clone", "finalize", "getClass", "hashCode", "notify",
            "notifyAll", "toString", "wait");
    private static final int SLOTS_MAX = 253;

    private static final Names.Rules RULES = rules(Set.of());
    private static final Names.Rules OF_TYPES = rules(NO_TYPES);
    private static final Names.Rules OF_COMPONENTS = rules(NO_COMPONENTS);

    private static Names.Rules rules(Set<String> reserved) {
        return new Names.Rules(Character::isJavaIdentifierStart,
                each -> Character.isJavaIdentifierPart(each) && !Character.isIdentifierIgnorable(each),
                name -> KEYWORDS.contains(name) || reserved.contains(name), name -> name);
    }

    @Override
    public String write(Model model, Target target) {
        String packageName = String.join(".", target.packageParts("\\.", RULES, Language.JAVA));
        String outer = OF_TYPES.legal(target.name().isEmpty() ? defaultName(model) : target.name());
        List<Struct> namesakes = model.records().stream().filter(struct -> nameOf(struct).equals(outer)).toList();
        if (namesakes.size() > 1) {
            throw new IllegalArgumentException("class cannot have the name of several records in it: name=" + outer
                    + " (expected: another name of the file)");
        }
        Names all = new Names(OF_TYPES, Set.of(outer));
        Map<Type, String> names = new LinkedHashMap<>();
        Map<Struct, String> holders = new LinkedHashMap<>();
        for (Struct struct : model.records()) {
            String taken = namesakes.contains(struct) ? outer : all.take(struct.wantedName());
            if (!taken.equals(nameOf(struct))) {
                holders.put(struct, taken);
            }
            names.put(struct, holders.containsKey(struct) ? taken + "." + nameOf(struct) : taken);
        }
        model.types()
                .stream()
                .filter(Constants.class::isInstance)
                .forEach(type -> names.put(type, all.take(type.wantedName())));
        JavaComponents components = new JavaComponents(outer, names);

        Source body = new Source("//");
        if (namesakes.isEmpty()) {
            body.open("public final class " + outer + " {").blank().open("private " + outer + "() {").close("}");
        } else {
            record(body, outer, namesakes.getFirst(), components);
        }
        for (Type type : model.types()) {
            if (type instanceof Constants constants) {
                constants(body.blank(), String.valueOf(names.get(type)), constants);
            } else if (type instanceof Struct struct && names.containsKey(struct) && !namesakes.contains(struct)) {
                nested(body.blank(), struct, holders.get(struct), components);
            }
        }
        body.close("}");
        return head(model, packageName, components) + body;
    }

    private static String defaultName(Model model) {
        return model.roots().size() == 1 && model.roots().getFirst().element() instanceof Element.Structured(var type)
                ? type.wantedName()
                : Names.camel(model.title());
    }

    private static String head(Model model, String packageName, JavaComponents components) {
        Source head = new Source("//").head(model);
        if (!packageName.isEmpty()) {
            head.line("package " + packageName + ";");
        }
        head.blank();
        components.imports().forEach(each -> head.line("import " + each + ";"));
        return head + (components.imports().isEmpty() ? "" : "\n");
    }

    private static String nameOf(Struct struct) {
        return OF_TYPES.legal(struct.wantedName());
    }

    private static void nested(Source source, Struct struct, @Nullable String holder,
            JavaComponents components) {
        if (holder != null) {
            source.open("public static final class " + holder + " {")
                    .blank()
                    .open("private " + holder + "() {")
                    .close("}")
                    .blank();
        }
        record(source, nameOf(struct), struct, components);
        source.close("}");
        if (holder != null) {
            source.close("}");
        }
    }

    private static void constants(Source source, String name, Constants type) {
        Names names = new Names(RULES, Set.of());
        source.line("public enum " + name + " {")
                .line("    " + String.join(", ", type.names().stream().map(names::take).toList()))
                .line("}");
    }

    /** Up to where its body begins. */
    private static void record(Source source, String name, Struct struct, JavaComponents components) {
        Names names = new Names(OF_COMPONENTS, Set.of());
        boolean exact = name.equals(Names.simple(struct.schema().typeName()));
        int end = 0;
        int alignment = 1;
        int slots = 0;
        Source lines = new Source("//");
        for (Member member : struct.members()) {
            int ofElement = JavaComponents.alignment(member.element());
            if ((end + ofElement - 1L & -ofElement) != member.offset()) {
                throw refused(struct, member, "a field at the next multiple of " + ofElement + " behind " + end
                        + ", as every record has it");
            }
            end = member.end();
            alignment = Math.max(alignment, ofElement);
            String component = names.take(member.name());
            JavaComponents.Component type = components.of(struct, member);
            exact &= type.exact() && component.equals(member.name());
            slots += type.text().equals("long") || type.text().equals("double") ? 2 : 1;
            boolean last = member.equals(struct.members().getLast());
            lines.line("        " + type.text() + " " + component + (last ? ") {" : ","));
        }
        if (slots > SLOTS_MAX || (end + alignment - 1L & -alignment) != struct.byteSize()) {
            throw refused(struct, struct.members().getLast(), "at most " + SLOTS_MAX
                    + " components, where long and double count twice, and " + (end + alignment - 1L & -alignment)
                    + " bytes");
        }
        exact &= alignment == struct.schema().alignment();
        source.comment(struct.schema().typeName() + ", " + Source.fingerprint(struct)
                + (exact ? "" : ", which is not that of this record: some names or types are others in Java"));
        source.open("public record " + name + "(");
        lines.toString().lines().forEach(line -> source.line(line.substring(4)));
    }

    static IllegalArgumentException refused(Struct struct, Member member, String expected) {
        return new IllegalArgumentException("no Java record has this layout: type="
                + PrintableText.of(struct.schema().typeName()) + ", field=" + PrintableText.of(member.name())
                + ", offset=" + member.offset() + " (expected: " + expected
                + "; Codecs.schema reads such elements as maps)");
    }
}
