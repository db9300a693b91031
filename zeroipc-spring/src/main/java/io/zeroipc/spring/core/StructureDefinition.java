package io.zeroipc.spring.core;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.StructureKind;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/**
 * A structure that the application declares: enough to open it again in another file of the same segment.
 *
 * <p>
 * In Spring Boot a bean of this type declares a structure as properties do, in a segment that is declared elsewhere, with
 * {@link #named}:
 *
 * <pre>{@code
 * @Bean
 * StructureDefinition trades() {
 *     return StructureDefinition.named("market/trades").type(SharedQueue.class).elements(Trade.class).capacity(4096).build();
 * }
 * }</pre>
 *
 * @param name what channels call it, unique in its segment
 * @param entryName what the segment's table calls it; usually the same
 * @param mode whether it may, must or must not exist
 * @param spec how to create and to bind it
 * @param codec how one element is stored; null when the structure has no elements or nobody said
 * @param segment what channels call its segment; null for the one that it is added to, or else the primary one
 * @param elementTypes the Java types for the type parameters of its class, in their order; empty where it has none, or nobody said
 */
public record StructureDefinition(String name, String entryName, StructureMode mode, Spec<?> spec,
        @Nullable Codec<?> codec, @Nullable String segment, List<Class<?>> elementTypes) {

    private static final long LINE_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LINE_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    public StructureDefinition {
        elementTypes = List.copyOf(elementTypes);
    }

    /** A structure of the segment that it is added to. */
    public StructureDefinition(String name, String entryName, StructureMode mode, Spec<?> spec,
            @Nullable Codec<?> codec) {
        this(name, entryName, mode, spec, codec, null, List.of());
    }

    /**
     * Begins with the name that channels use, {@code segment/structure}; {@code structure} alone is one of the primary segment.
     */
    public static StructureDefinitionBuilder named(String channel) {
        return new StructureDefinitionBuilder(channel);
    }

    /** A structure whose name in the table is the name of the channel, opened or created. */
    public static StructureDefinition of(String name, Spec<?> spec, @Nullable Codec<?> codec) {
        return new StructureDefinition(name, name, StructureMode.OPEN_OR_CREATE, spec, codec);
    }

    /** A structure as configuration describes it. */
    public static StructureDefinition of(String name, String entryName, StructureMode mode, StructureType type,
            Declaration declaration) {
        return new StructureDefinition(name, entryName, mode, type.spec(declaration), declaration.element(), null,
                type.typeArguments(declaration));
    }

    /**
     * A structure that another process creates, and that is here what its creator has said in the catalogue of types. It is opened
     * only.
     */
    public static StructureDefinition asCreated(String name, String entryName) {
        return new StructureDefinition(name, entryName, StructureMode.OPEN, AsCreatedSpec.INSTANCE, null);
    }

    /** Whether its creator says what it is; until it is found in a segment its kind says nothing. */
    public boolean isAsCreated() {
        return spec instanceof AsCreatedSpec;
    }

    /**
     * This definition where it says what the structure is, and otherwise one that says it, as its creator has.
     *
     * @throws StructureNotFoundException when the structure is not there
     * @throws UnknownStructureTypeException when its creator has not said what it is, or its elements are of a class that is not
     *             here
     */
    public StructureDefinition foundIn(Segment in) {
        if (!isAsCreated()) {
            return this;
        }
        StructureReport report = Inspector.report(in, entryName)
                .orElseThrow(() -> new StructureNotFoundException("structure not found: segment=" + in.name()
                        + ", name=" + entryName + " (present: "
                        + present(in) + ")", in.name(), entryName));
        DeclaredType declared = awaitDeclared(in);
        if (declared == null) {
            throw new UnknownStructureTypeException(in.name(), entryName,
                    "its creator has written no line about it into " + in.path() + ".zipc, catalogue="
                            + in.catalogueState(),
                    candidates(report), null);
        }
        StructureType type = Catalog.find(declared.kind())
                .orElseThrow(() -> unknown(in, "its creator says kind=" + declared.kind(), null));
        ElementSchema element = declared.element();
        try {
            return of(name, entryName, mode, type, new Declaration(
                    element == null ? null : Codecs.forType(element.typeName(), null), 0, declared.options()));
        } catch (IllegalArgumentException e) {
            throw unknown(in,
                    "its creator says kind=" + declared.kind()
                            + (element == null ? "" : ", elements=" + element.typeName() + fields(element)) + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** What its creator says, who may be about to: the line is written right behind the structure itself. Null when none came. */
    private @Nullable DeclaredType awaitDeclared(Segment in) {
        long begun = System.nanoTime();
        DeclaredType declared = in.declared().get(entryName);
        while (declared == null && System.nanoTime() - begun < LINE_PATIENCE_NANOS
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, LINE_LOOK_NANOS);
            declared = in.declared().get(entryName);
        }
        return declared;
    }

    private static String present(Segment in) {
        Set<String> names = Inspector.report(in).structures().keySet();
        return names.isEmpty() ? "no structures" : String.join(", ", names);
    }

    private static List<String> candidates(StructureReport report) {
        return report.candidates().isEmpty() && Catalog.find(report.kind()).isPresent()
                ? List.of(report.kind())
                : report.candidates();
    }

    private UnknownStructureTypeException unknown(Segment in, String problem, @Nullable Throwable cause) {
        return new UnknownStructureTypeException(in.name(), entryName, problem, List.of(), cause);
    }

    private static String fields(ElementSchema element) {
        return element.fields().isEmpty()
                ? ""
                : element.fields()
                        .stream()
                        .map(field -> field.typeName() + " " + field.name() + " at " + field.offset())
                        .collect(Collectors.joining(", ", " with fields ", ""));
    }

    /** The same, to be opened only, or to be created only, or both. */
    public StructureDefinition withMode(StructureMode other) {
        return new StructureDefinition(name, entryName, other, spec, codec, segment, elementTypes);
    }

    public StructureKind kind() {
        return spec.kind();
    }

    Structure openIn(Segment segment) {
        if (isAsCreated()) {
            return foundIn(segment).openIn(segment);
        }
        try {
            return switch (mode) {
                case OPEN_OR_CREATE -> segment.openOrCreate(entryName, spec);
                case OPEN -> segment.open(entryName, spec);
                case CREATE -> segment.create(entryName, spec);
            };
        } catch (StructureMismatchException e) {
            throw withField(segment, e);
        }
    }

    /** Names the fields of a record that have changed, where only the sizes of both were compared. */
    private StructureMismatchException withField(Segment segment, StructureMismatchException e) {
        DeclaredType declared = segment.declared().get(entryName);
        if (e.catalogue() != null || declared == null || codec == null) {
            return e;
        }
        String difference = declared.fieldDifference(codec.schema());
        return difference == null
                ? e
                : new StructureMismatchException(
                        e.getMessage() + ", compared with what it was created as: " + difference, e.segment(),
                        e.structure(), e);
    }

    /** Opens the structure in a file that replaced another: whoever was there first has created it. */
    Structure openAgainIn(Segment segment) {
        return mode == StructureMode.CREATE ? segment.openOrCreate(entryName, spec) : openIn(segment);
    }
}
