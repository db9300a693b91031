package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeFormatException;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.wait.Deadline;

/**
 * Sends requests and hands each caller its own reply. One thread takes the replies of a channel, from the first request
 * on, and drops those that nobody waits for: a channel that nobody empties would hold up the replier. Thread-safe.
 */
final class RequestExchange implements AutoCloseable {

    private static final Log LOG = LogFactory.getLog(RequestExchange.class);
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

    private final RequestStatistics statistics = new RequestStatistics();
    /** Tells our replies from those of another process, should the two share a reply channel by mistake. */
    private final String prefix = ProcessHandle.current().pid() + "-"
            + Long.toHexString(ThreadLocalRandom.current().nextLong() ^ System.nanoTime()) + "-";
    private final AtomicLong next = new AtomicLong();
    private final Map<String, Pending> pending = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private final Map<ChannelName, Thread> receivers = new HashMap<>();
    private boolean closed;

    private record Pending(ChannelName replyChannel, CompletableFuture<Envelope> reply) {}

    RequestStatistics statistics() {
        return statistics;
    }

    /** Sends, and waits for the reply until the deadline. Null when there was none in time. */
    @Nullable
    Envelope exchange(TemplateChannel target, TemplateChannel replies, Envelope request, ObservedSend observed,
            Deadline deadline) throws InterruptedException {
        String id = prefix + next.incrementAndGet();
        CompletableFuture<Envelope> reply = new CompletableFuture<>();
        ChannelName replyChannel = replies.name();
        pending.put(id, new Pending(replyChannel, reply));
        try {
            receiveFrom(replies);
            Envelope addressed = request.toBuilder()
                    .header(EnvelopeHeaders.CORRELATION_ID, id)
                    .header(EnvelopeHeaders.REPLY_CHANNEL, replyChannel.toString())
                    .build();
            Map<String, String> headers = observed.headers();
            Patience patience = Patience.until(deadline);
            target.requireSent(
                    observed.tellEnd(target.attempt(handle -> handle.send(addressed, headers, patience))));
            Envelope received = reply.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            observed.ended("replied");
            statistics.addReplied();
            return received;
        } catch (TimeoutException e) {
            observed.ended("no-reply");
            statistics.addTimedOut();
            return null;
        } catch (ExecutionException e) {
            throw new ZeroIpcException("reply cannot be received: channel=" + target.name() + ", reply channel="
                    + replyChannel, e.getCause());
        } finally {
            pending.remove(id);
        }
    }

    /** Ends the threads, and with them the waiting of all callers. */
    @Override
    public void close() {
        Map<ChannelName, Thread> running;
        lock.lock();
        try {
            closed = true;
            running = Map.copyOf(receivers);
        } finally {
            lock.unlock();
        }
        running.values().forEach(Thread::interrupt);
        try {
            for (Thread thread : running.values()) {
                thread.join(JOIN_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Begins to receive, unless somebody does. What is wrong with the channel is found here, by the caller. */
    private void receiveFrom(TemplateChannel replies) throws InterruptedException {
        ChannelName channel = replies.name();
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("template is closed: reply channel=" + channel);
            }
            if (receivers.containsKey(channel)) {
                return;
            }
            replies.attempt(handle -> {
                handle.form().requireReceivable(Envelope.class);
                handle.beginToReceive();
                return channel;
            });
            Thread thread = Thread.ofPlatform()
                    .name("zeroipc-replies-" + channel)
                    .daemon()
                    .unstarted(() -> receive(replies));
            receivers.put(channel, thread);
            thread.start();
        } finally {
            lock.unlock();
        }
    }

    private void receive(TemplateChannel replies) {
        ChannelName channel = replies.name();
        Throwable end;
        try {
            Object element = take(replies);
            while (element != null) {
                deliver(channel, element);
                element = take(replies);
            }
            end = new ChannelClosedException(channel);
        } catch (InterruptedException e) {
            end = new IllegalStateException("template is closed: reply channel=" + channel);
        } catch (Throwable e) {
            LOG.warn("replies cannot be received until the next request: channel=" + channel + ", error=" + e);
            end = e;
        }
        lock.lock();
        try {
            receivers.remove(channel);
        } finally {
            lock.unlock();
        }
        for (Pending waiting : pending.values()) {
            if (waiting.replyChannel().equals(channel)) {
                waiting.reply().completeExceptionally(end);
            }
        }
    }

    /** Waits as long as it takes; null when the channel was closed. */
    private static @Nullable Object take(TemplateChannel replies) throws InterruptedException {
        return replies.<@Nullable Object>attempt(handle -> handle.receive(Patience.endless()));
    }

    private void deliver(ChannelName channel, Object element) {
        Pending waiting = null;
        Envelope reply = null;
        try {
            reply = Envelope.parse((byte[]) element);
            waiting = reply.header(EnvelopeHeaders.CORRELATION_ID).map(pending::get).orElse(null);
        } catch (EnvelopeFormatException e) {
            LOG.debug("what came is no reply: channel=" + channel, e);
        }
        if (waiting == null || reply == null || !waiting.reply().complete(reply)) {
            statistics.addLate();
            LOG.debug("reply is dropped, nobody waits for it: channel=" + channel);
        }
    }
}
