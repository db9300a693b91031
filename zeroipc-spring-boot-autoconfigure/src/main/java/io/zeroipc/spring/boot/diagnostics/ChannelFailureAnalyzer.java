package io.zeroipc.spring.boot.diagnostics;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.annotation.Order;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.config.DuplicateListenerIdException;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.listener.InvalidListenerException;
import io.zeroipc.spring.listener.InvalidSettingException;

/**
 * Explains why a listener or sender cannot use a channel. Asked before those that explain the cause, a bean that is not
 * there for example, which do not know the listener.
 */
@Order(0)
class ChannelFailureAnalyzer extends AbstractFailureAnalyzer<ZeroIpcException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ZeroIpcException cause) {
        return switch (cause) {
            case UnknownChannelException e -> unknown(e);
            case UnsupportedChannelTypeException e -> unsupported(e);
            case ElementTypeException e -> elementType(e);
            case DuplicateListenerIdException e -> duplicate(e);
            case InvalidListenerException e -> new FailureAnalysis(sentence(e.problem()) + reason(e),
                    "This would do: " + e.expected() + ".", e);
            default -> null;
        };
    }

    private static FailureAnalysis unknown(UnknownChannelException e) {
        String who = e.requestedBy();
        List<String> near = e.nearMatches();
        String known = e.known().isEmpty()
                ? "No channel is declared."
                : "Declared are: " + String.join(", ", e.known()) + ".";
        return new FailureAnalysis(
                "Channel '" + e.channel() + "'" + (who == null ? "" : ", which " + who + " asks for,")
                        + " is not declared. " + known,
                (near.isEmpty() ? "" : "Did you mean '" + String.join("' or '", near) + "'? ")
                        + "Correct the name, or declare the channel under"
                        + " 'zeroipc.segments.<segment>.structures.<structure>'.",
                e);
    }

    private static FailureAnalysis unsupported(UnsupportedChannelTypeException e) {
        return new FailureAnalysis(
                "Channel '" + e.channel() + "' is of type '" + e.kind() + "', which does not support this: "
                        + e.wanted() + ".",
                "This would do: " + e.remedy() + ".", e);
    }

    private static FailureAnalysis elementType(ElementTypeException e) {
        String remedy = e.remedy();
        return new FailureAnalysis(sentence(String.valueOf(e.getMessage())),
                remedy != null
                        ? remedy
                        : "Change the type of the parameter, or the element type of the structure, so that they agree.",
                e);
    }

    private static FailureAnalysis duplicate(DuplicateListenerIdException e) {
        return new FailureAnalysis(
                "The id '" + e.id() + "' of the listener " + e.listener() + " is taken by " + e.other() + ".",
                "Give the listener another id, with @ChannelListener(id = \"...\"): no two listeners can have the same."
                        + " Without an id it gets one from its class and method.",
                e);
    }

    private static String reason(InvalidListenerException e) {
        Throwable cause = NestedExceptionUtils.getRootCause(e);
        // What a setting says of its value stands in the problem already.
        return cause == null || cause instanceof InvalidSettingException ? "" : "\n\n    Reason: " + cause.getMessage();
    }

    private static String sentence(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
