package io.zeroipc.spring.boot.diagnostics;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.PrintableText;
import io.zeroipc.RoleTakenException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureException;
import io.zeroipc.StructureExistsException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.core.UnknownStructureTypeException;

/** Explains why a structure could not be opened, created or used, and which property to change. */
class StructureFailureAnalyzer extends AbstractFailureAnalyzer<ZeroIpcException> {

    private final Configured configured;
    private final @Nullable BeanFactory beanFactory;

    StructureFailureAnalyzer(@Nullable Environment environment, @Nullable BeanFactory beanFactory) {
        this.configured = new Configured(environment);
        this.beanFactory = beanFactory;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ZeroIpcException cause) {
        FailureAnalysis analysis = analyze(cause);
        return switch (cause) {
            case StructureException e when analysis != null -> withDefinition(analysis, e.segment(), e.structure());
            case UnknownStructureTypeException e when analysis != null -> withDefinition(analysis, e.segment(),
                    e.structure());
            default -> analysis;
        };
    }

    /** Says which bean defines the structure, where it is one: analyses speak of properties. */
    private FailureAnalysis withDefinition(FailureAnalysis analysis, String segment, String structure) {
        String bean = segment + "." + structure;
        String place = beanFactory instanceof ConfigurableListableBeanFactory factory
                && factory.containsBeanDefinition(bean)
                        ? factory.getMergedBeanDefinition(bean).getResourceDescription()
                        : null;
        return place == null || !place.startsWith("bean '")
                ? analysis
                : new FailureAnalysis(analysis.getDescription() + "\n\n    Definition: " + place, analysis.getAction()
                        + "\n\nThe structure is defined by a bean: what is said here of its properties is said there, by methods of"
                        + " the same names.", analysis.getCause());
    }

    private @Nullable FailureAnalysis analyze(ZeroIpcException cause) {
        return switch (cause) {
            case StructureNotFoundException e -> notFound(e);
            case UnknownStructureTypeException e -> unknownType(e);
            case StructureExistsException e -> exists(e);
            case StructureMismatchException e -> mismatch(e);
            case InvalidStructureNameException e -> name(e);
            case RoleTakenException e -> role(e);
            case StructureBusyException e -> busy(e);
            default -> null;
        };
    }

    private FailureAnalysis notFound(StructureNotFoundException e) {
        String property = configured.structure(e.segment(), e.structure());
        return new FailureAnalysis("Segment '" + e.segment() + "' has no structure '" + e.structure()
                + "', and it is not to be created here: " + e.getMessage() + ".",
                Ways.list("Do one of these:", List.of("start the process that creates it;",
                        "set '" + property + ".name' to the name that the other process gives it;",
                        configured.isReadOnly(e.segment())
                                ? "set '" + configured.segment(e.segment()) + ".mode' to 'open-or-create', and '"
                                        + property + ".capacity' where its type has one, to create it here;"
                                : "set '" + property + ".mode' to 'open-or-create', with what is needed to create it;",
                        "set 'zeroipc.startup-failure-policy' to 'retry', to wait for it, or to 'continue', to start"
                                + " without it.")),
                e);
    }

    private FailureAnalysis unknownType(UnknownStructureTypeException e) {
        String property = configured.structure(e.segment(), e.structure());
        return new FailureAnalysis("Structure '" + e.structure() + "' in segment '" + e.segment()
                + "' is declared without a type, and what its creator says does not tell it: " + e.problem() + ".",
                Ways.list("Do one of these:", List.of("set '" + property + ".type'"
                        + (e.candidates().isEmpty() ? "" : " (its bytes fit " + String.join(", ", e.candidates()) + ")")
                        + " and, where the type has elements, '" + property
                        + ".element-type', to a record of yours with the same fields for example;",
                        "let its creator say it: a program with this library does, unless '"
                                + configured.segment(e.segment()) + ".catalogue' is 'false' there.")),
                e);
    }

    private FailureAnalysis exists(StructureExistsException e) {
        String property = configured.structure(e.segment(), e.structure());
        return new FailureAnalysis("Segment '" + e.segment() + "' has a structure '" + e.structure()
                + "' already, and it was to be created.",
                Ways.list("Do one of these:",
                        List.of("set '" + property + ".mode' to 'open-or-create', to use it;",
                                "set '" + property + ".name' to another name.")),
                e);
    }

    private FailureAnalysis mismatch(StructureMismatchException e) {
        String property = configured.structure(e.segment(), e.structure());
        String segment = configured.segment(e.segment());
        List<String> ways = new ArrayList<>();
        ways.add(e.catalogue() == null
                ? "change '" + property + ".type', '.element-type' or '.capacity' to what is in the segment; without a"
                        + " capacity any is taken where the structure is only opened;"
                : "change '" + property + ".type', '.element-type' or the record to what the structure was created as:"
                        + " the same fields in the same places, whatever their names;");
        ways.add("set '" + property + ".name' to another name, to have a structure of its own;");
        String recreate = "set '" + segment
                + ".mode' to 'recreate' for one start, if no process needs what is in the segment";
        if (e.catalogue() == null) {
            ways.add(recreate + ".");
        } else {
            ways.add(recreate + ";");
            ways.add("delete " + e.catalogue() + ", if what it says is wrong, or set '" + segment
                    + ".catalogue' to 'false', to compare bytes only.");
        }
        return new FailureAnalysis("Structure '" + e.structure() + "' in segment '" + e.segment()
                + "' is not what is configured: " + e.getMessage() + ".",
                Ways.list("It was created before, by another process or with other properties. Do one of these:", ways),
                e);
    }

    private static FailureAnalysis name(InvalidStructureNameException e) {
        boolean fits = e.byteLength() >= 1 && e.byteLength() <= e.byteLengthMax();
        return new FailureAnalysis("The name '" + PrintableText.of(e.structure())
                + "' of a structure cannot be stored: it "
                + (fits
                        ? "holds control characters."
                        : "has " + e.byteLength() + " bytes in UTF-8, and 1 to " + e.byteLengthMax()
                                + " are possible for its kind."),
                "Use another name. Where the structure is configured, set its property 'name': the key may stay as it"
                        + " is.",
                e);
    }

    private static FailureAnalysis busy(StructureBusyException e) {
        return new FailureAnalysis("Structure '" + e.structure() + "' in segment '" + e.segment()
                + "' cannot be used at present: " + e.getMessage() + ".",
                Ways.list("Do one of these:",
                        List.of("end a process or a listener that the message names, or one that is stopped;",
                                "read with one listener, and hand on from there;",
                                "start again, when it was only for the moment.")),
                e);
    }

    private static FailureAnalysis role(RoleTakenException e) {
        return new FailureAnalysis("Structure '" + e.structure() + "' in segment '" + e.segment() + "' has a "
                + e.role() + " already, in this or another process, and there can be only one."
                + (e.holder() == null ? "" : "\n\n    Holder: " + e.holder()),
                Ways.list("Do one of these:", List.of("end the process that is the " + e.role() + " now;",
                        "have one listener with a concurrency of 1, or one sender, for it;",
                        "use a queue or a channel, which any number may share.")),
                e);
    }
}
