package io.zeroipc.spring.integration.dsl;

import java.time.Duration;
import java.util.Map;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.dsl.MessageSourceSpec;
import org.springframework.integration.mapping.HeaderMapper;

import io.zeroipc.spring.integration.inbound.ZeroIpcMessageSource;

/** Describes a {@link ZeroIpcMessageSource}. */
public final class ZeroIpcMessageSourceSpec extends MessageSourceSpec<ZeroIpcMessageSourceSpec, ZeroIpcMessageSource> {

    private final ZeroIpcMessageSource source;

    ZeroIpcMessageSourceSpec(ZeroIpcMessageSource source) {
        this.source = source;
        this.target = source;
    }

    /** What is made of elements; they are payloads as they are by default. */
    public ZeroIpcMessageSourceSpec payloadType(Class<?> type) {
        source.setPayloadType(type);
        return this;
    }

    /** As {@link #payloadType(Class)}, for a type with type arguments. */
    public ZeroIpcMessageSourceSpec payloadType(ParameterizedTypeReference<?> type) {
        source.setPayloadType(type);
        return this;
    }

    /** How long a poll waits for an element; not at all by default. */
    public ZeroIpcMessageSourceSpec receiveTimeout(Duration timeout) {
        source.setReceiveTimeout(timeout);
        return this;
    }

    /** Maps the headers of envelopes. */
    public ZeroIpcMessageSourceSpec headerMapper(HeaderMapper<Map<String, String>> mapper) {
        source.setHeaderMapper(mapper);
        return this;
    }
}
