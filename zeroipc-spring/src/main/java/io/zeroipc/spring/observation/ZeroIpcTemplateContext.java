package io.zeroipc.spring.observation;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one sending. What handlers add to the carrier, the trace above all, goes along in the headers of the
 * envelope, where there is one.
 */
public final class ZeroIpcTemplateContext extends SenderContext<Map<String, String>> {

    private final String templateName;
    private final String channel;
    private final String channelKind;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable String outcome;

    /** @param channelKind label of the structure's kind */
    public ZeroIpcTemplateContext(String templateName, String channel, String channelKind) {
        super((carrier, name, value) -> Objects.requireNonNull(carrier)
                .put(name.toLowerCase(Locale.ROOT), value), Kind.PRODUCER);
        this.templateName = templateName;
        this.channel = channel;
        this.channelKind = channelKind;
        setCarrier(headers);
    }

    /** What came of it: see {@link ZeroIpcObservation.TemplateKey#OUTCOME}. */
    public String getOutcome() {
        String known = outcome;
        if (known == null || (getError() != null && known.equals("sent"))) {
            return getError() == null ? "unknown" : "error";
        }
        return known;
    }

    public void setOutcome(String result) {
        this.outcome = result;
    }

    /** Bean name of the template. */
    public String getTemplateName() {
        return templateName;
    }

    /** {@code segment/structure}. */
    public String getChannel() {
        return channel;
    }

    /** {@code queue}, {@code ring}. */
    public String getChannelKind() {
        return channelKind;
    }

    /** What handlers have added so far. */
    public Map<String, String> getHeaders() {
        return headers;
    }
}
