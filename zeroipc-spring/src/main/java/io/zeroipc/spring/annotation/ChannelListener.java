package io.zeroipc.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;
import org.springframework.messaging.handler.annotation.MessageMapping;

/**
 * Calls the method for each element that arrives in a channel of shared memory.
 *
 * <pre>{@code
 * @ChannelListener("host/alerts")
 * void onAlert(Alert alert) {
 *     ...
 * }
 * }</pre>
 *
 * <p>
 * <b>Channels</b> are structures that elements arrive at. Those who listen to a {@code queue}, a {@code channel}, a {@code stack}, or
 * a {@code stream} that competes, share its elements: each goes to one of them, and is gone. A {@code topic}, a {@code ring} in
 * overwrite mode and a {@code stream} that broadcasts hand every element to each of them; of a {@code state} and a {@code signal} each
 * sees the newest value. A {@code ring} that does not overwrite, and a channel without a buffer, have one listener. Other kinds are
 * refused at start-up.
 *
 * <p>
 * <b>Delivery is at-most-once</b>, with one exception. There is no broker: taking an element removes it from its structure.
 * When the method throws, or the process dies before it returns, that element is gone; the error handler has the last
 * word on it. A ring that overwrites, and a state, keep only the newest elements: what was lost is counted. The exception are
 * a ring with one reader, and a queue or buffered channel with {@code on-consumer-death: redeliver}, which keep an element until it is
 * processed: see {@link #ackMode}.
 *
 * <p>
 * <b>Parameters</b> are resolved by {@code spring-messaging}. One of them is the payload:
 * <ul>
 * <li>the element by its own type: a record, a primitive or its wrapper, {@code String}, {@code byte[]};
 * <li>{@code byte[]} for elements of any type: a copy of their bytes;
 * <li>{@code java.lang.foreign.MemorySegment}: the bytes in place, without a copy; read-only, and valid until the method
 * returns, which holds the element's slot so long: others may have to wait for it;
 * <li>{@link io.zeroipc.flow.Sample}, or a {@code List} of them: messages of a topic in place; closed when the method has returned, or
 * what became of its failure is done;
 * <li>{@code List} of the element or of {@code byte[]}: a batch of what is there, up to {@link #maxBatchSize};
 * <li>{@code Message} of any of these.
 * </ul>
 * The others may be {@code @Header} with a name of {@link io.zeroipc.spring.core.ZeroIpcHeaders}, {@code @Headers}, and
 * {@code MessageHeaders}, and {@link io.zeroipc.spring.listener.Acknowledgment}.
 *
 * <p>
 * <b>Results</b> are sent: to the channel that a request in an {@link io.zeroipc.spring.core.envelope.Envelope} names for
 * its reply, with the request's correlation, or else to that of {@code @SendTo("segment/structure")} at the method, each
 * element of a {@code Collection} by itself. Null, and {@code void}, send nothing. A {@code CompletionStage}, and what a reactive
 * library has for one value, is waited for in the consumer's thread: the element is processed when it is completed.
 *
 * <p>
 * <b>Attributes</b> are texts in which placeholders and SpEL expressions are resolved; an empty one takes the value of
 * the container factory.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(ChannelListeners.class)
@MessageMapping
public @interface ChannelListener {

    /**
     * The listener's id, which no other listener has, and the bean name of its container; with {@code .listener} behind it where
     * another bean is called so. The default is made of the class and the method: {@code AlertLog.onAlert}.
     */
    String id() default "";

    /** As {@link #channels}. */
    @AliasFor("channels")
    String[] value() default {};

    /**
     * The channels to listen to: {@code segment/structure}; {@code structure} alone in {@link #segment}, or else in the
     * primary segment; or {@code @name}, a bean that is a structure. Each channel has threads of its own.
     */
    @AliasFor("value")
    String[] channels() default {};

    /** The segment of channels that are given by the name of a structure alone. */
    String segment() default "";

    /** The bean name of the container factory. The default is {@code channelListenerContainerFactory}. */
    String containerFactory() default "";

    /**
     * Threads for each channel, 1 by default. More than one only where they share the elements: for a queue, a channel with a buffer, a stack, and
     * a stream that competes.
     */
    String concurrency() default "";

    /** Whether the container starts with the context, {@code true} by default. */
    String autoStartup() default "";

    /** Whether the method takes a {@code List}. The default follows from the parameter. */
    String batch() default "";

    /** The most elements in a batch, 256 by default. */
    String maxBatchSize() default "";

    /**
     * How long a batch waits to be filled, once it has an element: {@code 5ms}, {@code PT0.005S}, or a number of
     * milliseconds. By default it takes what is there.
     */
    String batchReceiveTimeout() default "";

    /**
     * When an element is removed from a structure that can keep it, which a ring with one reader can, and a queue or buffered channel
     * with {@code on-consumer-death: redeliver}: {@code auto} (the default) when the method has returned or its failure was handled,
     * {@code none} when it is taken, {@code manual} when the method's parameter of type
     * {@link io.zeroipc.spring.listener.Acknowledgment} says so. All other structures remove an element when it is taken, or never:
     * {@code manual} is refused there.
     */
    String ackMode() default "";

    /**
     * The bean name of the {@link java.util.function.Predicate} that tells the elements which the method wants, as they
     * lie in the structure. The others are removed and counted.
     */
    String filter() default "";

    /**
     * The bean name of the {@link io.zeroipc.spring.converter.PayloadConverter} that is asked before all others where
     * the payload, or what the method returns, is not of the element's own type.
     */
    String codec() default "";

    /**
     * The bean name of the {@link java.util.concurrent.Executor} whose threads consume, one for each channel and
     * {@link #concurrency}, from start to stop; where pollers wait for the listener, only while there is something to call. By
     * default the container has threads of its own.
     */
    String executor() default "";

    /**
     * What a thread does while its channel is empty: {@code block} (the default), {@code spin}, {@code yield}, {@code backoff},
     * {@code park}, or the bean name of a {@link io.zeroipc.wait.WaitStrategy}.
     */
    String waitStrategy() default "";

    /**
     * How often one thread of the application looks for this listener while nobody wakes it, such as {@code 500us}: because a program
     * uses the segment that wakes nobody, without native access, and in virtual threads. For the wait strategy {@code block}.
     */
    String foreignPollInterval() default "";

    /**
     * Up to which that interval grows while nothing arrives, where the listener cannot be woken: without native access, and in
     * virtual threads.
     */
    String maxIdleDelay() default "";

    /**
     * Where to begin in a structure that keeps its elements, such as an overwriting ring: {@code latest} (the default)
     * or {@code earliest}. All others begin with the oldest element there is.
     */
    String startPosition() default "";

    /**
     * The bean name of the {@link io.zeroipc.spring.listener.ChannelListenerErrorHandler}: it is called each time that the
     * method fails, before the method is called again and before the element is discarded or sent on.
     */
    String errorHandler() default "";

    /**
     * How long a stop waits for the method to return before it interrupts it, 10 seconds by default: {@code 500ms},
     * {@code PT2S}, or a number of milliseconds.
     */
    String shutdownTimeout() default "";
}
