package io.zeroipc.spring.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Import;

/**
 * Switches on {@link io.zeroipc.spring.annotation.ChannelListener} for a context. Spring Boot applications have it
 * already.
 *
 * <p>
 * Segments come from beans of type {@link io.zeroipc.spring.core.SegmentDefinition}, which are opened when they are
 * needed, and from beans of type {@link io.zeroipc.segment.Segment}, under their own name. Unless the context has
 * others, these beans are added: {@code segmentRegistry}, {@code zeroIpcPayloadConverters} with all
 * beans of type {@link io.zeroipc.spring.converter.PayloadConverter}, {@code channelListenerContainerFactory} and
 * {@code zeroIpcTemplate}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Import(ZeroIpcBootstrapConfiguration.class)
public @interface EnableZeroIpc {}
