package io.zeroipc.export;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.Segment;

/**
 * Types of elements as source text of other languages: of a segment's structures, of records, or of any schema. What is made checks
 * its own layout, when it is compiled or imported, and tells the fingerprint of each record. The same types make the same text. Of a
 * segment it is, in C++, Rust, Python and TypeScript, all that a program needs to work with its structures.
 *
 * <p>
 * Immutable, and safe for any thread.
 */
public final class Export {

    /** The one kind without elements that exported files reach. */
    private static final String COUNTER = "counter";

    private final Model model;
    private final TypeWriter.Target target;

    private Export(Model model, TypeWriter.Target target) {
        this.model = model;
        this.target = target;
    }

    /** Of all structures of a segment of whose elements its catalogue, or this process, knows the type. */
    public static Export of(Segment segment) {
        return of(segment, List.of());
    }

    /**
     * Of some structures of a segment.
     *
     * @param structures their names; empty for all that are known
     * @throws StructureNotFoundException when there is none of a name
     * @throws IllegalArgumentException when nothing is known of the elements of one
     */
    public static Export of(Segment segment, Collection<String> structures) {
        SequencedMap<String, StructureReport> all = Inspector.report(segment).structures();
        Map<String, DeclaredType> declared = segment.declared();
        Set<String> wanted = structures.isEmpty() ? all.sequencedKeySet() : new LinkedHashSet<>(structures);
        Model.Builder builder = new Model.Builder();
        for (String name : wanted) {
            StructureReport report = all.get(name);
            if (report == null) {
                throw new StructureNotFoundException("structure not found: segment=" + segment.name() + ", name=" + name
                        + " (present: " + String.join(", ", all.sequencedKeySet()) + ")", segment.name(), name);
            }
            ElementSchema schema = report.schema();
            if (schema == null && !structures.isEmpty() && !report.kind().equals(COUNTER)) {
                throw new IllegalArgumentException("element type is not known: segment=" + segment.name()
                        + ", structure=" + name + ", kind=" + report.kind()
                        + " (expected: a structure of elements whose type its creator has declared)");
            }
            DeclaredType type = declared.get(name);
            builder.add(name, report.kind(), type == null || schema == null ? null : type.key(), schema);
        }
        return new Export(builder.build(segment.name(), segment.path()), new TypeWriter.Target("", ""));
    }

    /**
     * Of structures that are declared and that nobody has made yet: the same as of their segment, once it is there.
     *
     * @param segment the file that it will be
     * @param structures in the order of their creation
     */
    public static Export of(Path segment, Collection<DeclaredType> structures) {
        Model.Builder builder = new Model.Builder();
        for (DeclaredType type : structures) {
            builder.add(type.name(), type.kind(), type.element() == null ? null : type.key(), type.element());
        }
        return new Export(builder.build(String.valueOf(segment.getFileName()), segment),
                new TypeWriter.Target("", ""));
    }

    /** Of record classes, and all records in them. */
    @SafeVarargs
    public static Export of(Class<? extends Record>... records) {
        Model.Builder builder = new Model.Builder();
        StringJoiner title = new StringJoiner(", ");
        for (Class<? extends Record> record : records) {
            ElementSchema schema = Codecs.record(record).schema();
            builder.add(record.getSimpleName(), "", schema);
            title.add(record.getSimpleName());
        }
        return new Export(builder.build(title.toString()), new TypeWriter.Target("", ""));
    }

    /**
     * Of any elements.
     *
     * @param title whose they are, for people
     * @param elements by name, which is that of the type where the schema is no record; in this order
     */
    public static Export of(String title, SequencedMap<String, ElementSchema> elements) {
        Model.Builder builder = new Model.Builder();
        elements.forEach((name, schema) -> builder.add(name, "", schema));
        return new Export(builder.build(title), new TypeWriter.Target("", ""));
    }

    /**
     * With the name that the file will have, without directory and extension. Java wants to know it: where it is the name of a record,
     * that is the public class of the file, and otherwise one of this name has all of them. Without it the file is that of the record
     * that was asked for, or of the segment.
     */
    public Export named(String name) {
        return new Export(model, new TypeWriter.Target(name, target.packageName()));
    }

    /**
     * In a package: {@code com.acme} in Java, which is the namespace {@code com::acme} in C++ and the prefix {@code com_acme_} in C. The
     * others have none.
     */
    public Export inPackage(@Nullable String packageName) {
        return new Export(model, new TypeWriter.Target(target.name(), packageName == null ? "" : packageName));
    }

    /** With this path as the one that programs open unless they say another one, instead of the segment's own. */
    public Export at(String path) {
        return new Export(model.at(path), target);
    }

    /** Types alone, also where they are those of a segment. */
    public Export typesOnly() {
        return new Export(model.withoutPeer(), target);
    }

    /**
     * The text of a file.
     *
     * @throws IllegalArgumentException when the language has no such type or package; the message names it, and the way out
     */
    public String source(Language language) {
        return language.writer().write(model, target);
    }
}
