package io.zeroipc.spring.integration.dsl;

import java.util.function.Function;

import org.springframework.messaging.Message;

import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.integration.channel.PollableZeroIpcChannel;
import io.zeroipc.spring.integration.channel.SubscribableZeroIpcChannel;
import io.zeroipc.spring.integration.inbound.ZeroIpcInboundGateway;
import io.zeroipc.spring.integration.inbound.ZeroIpcMessageDrivenChannelAdapter;
import io.zeroipc.spring.integration.inbound.ZeroIpcMessageSource;
import io.zeroipc.spring.integration.outbound.ZeroIpcMessageHandler;
import io.zeroipc.spring.integration.outbound.ZeroIpcOutboundGateway;

/**
 * Where flows meet shared memory. Channels are named {@code segment/structure}, or by a structure of the primary segment; segments,
 * template and listener factory are those of the context, unless they are given.
 */
public final class ZeroIpc {

    private ZeroIpc() {
    }

    /** A flow that begins with the elements of a channel, as they arrive. */
    public static ZeroIpcMessageDrivenChannelAdapterSpec messageDrivenChannelAdapter(String channel) {
        return new ZeroIpcMessageDrivenChannelAdapterSpec(new ZeroIpcMessageDrivenChannelAdapter(channel));
    }

    /** As {@link #messageDrivenChannelAdapter(String)}, with payloads of this type. */
    public static ZeroIpcMessageDrivenChannelAdapterSpec messageDrivenChannelAdapter(String channel,
            Class<?> payloadType) {
        return messageDrivenChannelAdapter(channel).payloadType(payloadType);
    }

    /** As {@link #messageDrivenChannelAdapter(String)}, with a listener that this factory makes. */
    public static ZeroIpcMessageDrivenChannelAdapterSpec messageDrivenChannelAdapter(
            ChannelListenerContainerFactory factory, String channel) {
        return new ZeroIpcMessageDrivenChannelAdapterSpec(new ZeroIpcMessageDrivenChannelAdapter(factory, channel));
    }

    /** A flow that begins with the elements of a channel, one for each poll. */
    public static ZeroIpcMessageSourceSpec inboundChannelAdapter(String channel) {
        return new ZeroIpcMessageSourceSpec(new ZeroIpcMessageSource(channel));
    }

    /** As {@link #inboundChannelAdapter(String)}, with payloads of this type. */
    public static ZeroIpcMessageSourceSpec inboundChannelAdapter(String channel, Class<?> payloadType) {
        return inboundChannelAdapter(channel).payloadType(payloadType);
    }

    /** As {@link #inboundChannelAdapter(String)}, in the segments of this registry. */
    public static ZeroIpcMessageSourceSpec inboundChannelAdapter(SegmentRegistry registry, String channel) {
        return new ZeroIpcMessageSourceSpec(new ZeroIpcMessageSource(registry, channel));
    }

    /** Sends the payloads of messages to a channel. */
    public static ZeroIpcMessageHandlerSpec outboundChannelAdapter(String channel) {
        return new ZeroIpcMessageHandlerSpec(new ZeroIpcMessageHandler(channel));
    }

    /** Sends the payloads of messages to the channels that a function names. */
    public static ZeroIpcMessageHandlerSpec outboundChannelAdapter(Function<Message<?>, String> channel) {
        return new ZeroIpcMessageHandlerSpec(new ZeroIpcMessageHandler()).channelFunction(channel);
    }

    /** As {@link #outboundChannelAdapter(String)}, with this template. */
    public static ZeroIpcMessageHandlerSpec outboundChannelAdapter(ZeroIpcOperations template, String channel) {
        return new ZeroIpcMessageHandlerSpec(new ZeroIpcMessageHandler(template, channel));
    }

    /** Sends messages as requests to a channel, and goes on with the replies. */
    public static ZeroIpcOutboundGatewaySpec outboundGateway(String channel) {
        return new ZeroIpcOutboundGatewaySpec(new ZeroIpcOutboundGateway(channel));
    }

    /** As {@link #outboundGateway(String)}, with this template. */
    public static ZeroIpcOutboundGatewaySpec outboundGateway(ZeroIpcOperations template, String channel) {
        return new ZeroIpcOutboundGatewaySpec(new ZeroIpcOutboundGateway(template, channel));
    }

    /** A flow that answers the requests that arrive in a channel. */
    public static ZeroIpcInboundGatewaySpec inboundGateway(String channel) {
        return new ZeroIpcInboundGatewaySpec(new ZeroIpcInboundGateway(channel));
    }

    /** As {@link #inboundGateway(String)}, with payloads of this type. */
    public static ZeroIpcInboundGatewaySpec inboundGateway(String channel, Class<?> payloadType) {
        return inboundGateway(channel).payloadType(payloadType);
    }

    /** A channel whose messages lie in a structure until they are polled. */
    public static ZeroIpcPollableChannelSpec pollableChannel(String structure) {
        return new ZeroIpcPollableChannelSpec(new PollableZeroIpcChannel(structure));
    }

    /** As {@link #pollableChannel(String)}, with a template like this one. */
    public static ZeroIpcPollableChannelSpec pollableChannel(ZeroIpcTemplate template, String structure) {
        return new ZeroIpcPollableChannelSpec(new PollableZeroIpcChannel(template, structure));
    }

    /** A channel whose messages go through a structure, each to one subscriber. */
    public static ZeroIpcSubscribableChannelSpec channel(String structure) {
        return new ZeroIpcSubscribableChannelSpec(new SubscribableZeroIpcChannel(structure, false));
    }

    /** A channel whose messages go through a structure, each to all subscribers of the process that takes it. */
    public static ZeroIpcSubscribableChannelSpec publishSubscribeChannel(String structure) {
        return new ZeroIpcSubscribableChannelSpec(new SubscribableZeroIpcChannel(structure, true));
    }
}
