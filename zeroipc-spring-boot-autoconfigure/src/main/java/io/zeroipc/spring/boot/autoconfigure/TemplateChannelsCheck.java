package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;

import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypes;
import io.zeroipc.spring.core.NearMatches;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UnknownChannelException;

/** Looks at the channels that properties give the template before somebody sends. */
class TemplateChannelsCheck implements SmartInitializingSingleton {

    private static final Log LOG = LogFactory.getLog(TemplateChannelsCheck.class);
    private static final String DEFAULT = PropertyNames.PREFIX + ".template.default-channel";
    private static final String REPLY = PropertyNames.PREFIX + ".template.reply-channel";

    private final SegmentRegistry registry;
    private final ZeroIpcProperties.Template properties;

    TemplateChannelsCheck(SegmentRegistry registry, ZeroIpcProperties.Template properties) {
        this.registry = registry;
        this.properties = properties;
    }

    @Override
    public void afterSingletonsInstantiated() {
        find(DEFAULT, properties.defaultChannel());
        ChannelName replies = find(REPLY, properties.replyChannel());
        String elements = replies == null ? null : ElementTypes.nameOf(registry, replies);
        if (elements != null && !elements.startsWith("frame(") && !elements.startsWith("bytes(")) {
            throw new InvalidZeroIpcPropertyException(REPLY, replies,
                    "replies travel in frames, and the elements of channel '" + replies + "' are " + elements,
                    "Name a channel whose element type is frame(n).");
        }
    }

    /** The channel; null when there is none. One that is unknown is a warning: code may open it later. */
    private @Nullable ChannelName find(String property, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        List<String> declared = declared();
        try {
            ChannelName channel = registry.channel(text);
            if (registry.isKnown(channel)) {
                return channel;
            }
            warn(property, channel.toString(), declared);
        } catch (UnknownChannelException e) {
            warn(property, text, declared);
        }
        return null;
    }

    private static void warn(String property, String channel, List<String> declared) {
        List<String> near = NearMatches.of(channel, declared);
        LOG.warn("template's channel is not declared: property=" + property + ", channel=" + channel + " ("
                + (near.isEmpty() ? "declared: " + declared : "did you mean " + String.join(" or ", near))
                + "; sending fails until code opens it)");
    }

    private List<String> declared() {
        return registry.names()
                .stream()
                .flatMap(segment -> registry.definition(segment)
                        .stream()
                        .flatMap(definition -> definition.structures().keySet().stream())
                        .map(structure -> segment + "/" + structure))
                .toList();
    }
}
