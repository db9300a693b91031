package io.zeroipc.spring.integration.dsl;

import java.util.Map;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.integration.dsl.MessageChannelSpec;
import org.springframework.integration.mapping.HeaderMapper;

import io.zeroipc.spring.integration.channel.PollableZeroIpcChannel;

/** Describes a {@link PollableZeroIpcChannel}. */
public final class ZeroIpcPollableChannelSpec
        extends
        MessageChannelSpec<ZeroIpcPollableChannelSpec, PollableZeroIpcChannel> {

    ZeroIpcPollableChannelSpec(PollableZeroIpcChannel made) {
        this.channel = made;
    }

    @Override
    public ZeroIpcPollableChannelSpec id(String beanName) {
        return super.id(beanName);
    }

    /** What is made of elements; they are payloads as they are by default. */
    public ZeroIpcPollableChannelSpec payloadType(Class<?> type) {
        channel.setPayloadType(type);
        return this;
    }

    /** As {@link #payloadType(Class)}, for a type with type arguments. */
    public ZeroIpcPollableChannelSpec payloadType(ParameterizedTypeReference<?> type) {
        channel.setPayloadType(type);
        return this;
    }

    /** Maps the headers that travel. */
    public ZeroIpcPollableChannelSpec headerMapper(HeaderMapper<Map<String, String>> mapper) {
        channel.setHeaderMapper(mapper);
        return this;
    }
}
