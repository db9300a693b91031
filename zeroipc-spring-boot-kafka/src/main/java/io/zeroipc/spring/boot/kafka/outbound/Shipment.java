package io.zeroipc.spring.boot.kafka.outbound;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.core.UserCode;

/**
 * The records of one batch on their way: sent in their order, each until it has arrived. An attempt does not wait for ever, so that
 * its caller sees what else there is; the next one goes on with what is on its way. For one thread at a time, beside that of the
 * producer.
 */
final class Shipment {

    /** How long an attempt waits for the broker: after that, whoever has told the bridge to stop is heard. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<ProducerRecord<byte[], byte[]>> records;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** By index. Guarded by the lock, as all below. */
    private final boolean[] arrived;
    /** The first one that was not given to the producer in this round. */
    private int next;
    private int onTheirWay;
    private int left;
    private @Nullable Exception failure;

    Shipment(List<ProducerRecord<byte[], byte[]>> records) {
        this.records = records;
        this.arrived = new boolean[records.size()];
        this.left = records.size();
    }

    /** How many have not arrived. For any thread. */
    int left() {
        lock.lock();
        try {
            return left;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Goes on until all have arrived.
     *
     * @throws NotArrivedException when they have not for a while
     * @throws RecordNotAcceptedException when one never will
     */
    void carry(BridgeProducer producer) throws InterruptedException, NotArrivedException, RecordNotAcceptedException {
        send(producer.get());
        Exception failed;
        int missing;
        lock.lockInterruptibly();
        try {
            long rest = PATIENCE_NANOS;
            while (onTheirWay > 0 && rest > 0) {
                rest = changed.awaitNanos(rest);
            }
            missing = left;
            failed = onTheirWay > 0 ? null : failure;
            if (failed != null) {
                failure = null;
                next = 0;
            }
        } finally {
            lock.unlock();
        }
        if (failed != null) {
            failed(failed, producer);
        }
        if (missing > 0) {
            throw new NotArrivedException("broker has not acknowledged yet: elements=" + missing, failed);
        }
    }

    private static void failed(Exception failure, BridgeProducer producer)
            throws NotArrivedException, RecordNotAcceptedException {
        if (ProducerFailures.isFinal(failure)) {
            throw new RecordNotAcceptedException("broker does not accept elements: error="
                    + UserCode.describe(failure), failure);
        }
        if (!(failure instanceof RetriableException)) {
            // It may be of no use any more; all that it was given has come to an end.
            producer.close();
        }
        throw new NotArrivedException("broker cannot be reached: error=" + UserCode.describe(failure), failure);
    }

    /** Those that have not arrived, up to the first that the producer does not take. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is told the same
    private void send(Producer<byte[], byte[]> producer) throws InterruptedException {
        int index;
        while ((index = begin()) >= 0) {
            int sent = index;
            try {
                producer.send(records.get(index), (_, error) -> ended(sent, error));
            } catch (InterruptException e) {
                // Has interrupted this thread again.
                Thread.interrupted();
                ended(sent, e);
                throw new InterruptedException("interrupted while sending");
            } catch (RuntimeException e) {
                ended(sent, e);
            }
        }
    }

    /** The next one to be sent, which counts as on its way; -1 when there is none, or one has failed. */
    private int begin() {
        lock.lock();
        try {
            while (next < arrived.length && arrived[next]) {
                next++;
            }
            if (failure != null || next == arrived.length) {
                return -1;
            }
            onTheirWay++;
            next++;
            return next - 1;
        } finally {
            lock.unlock();
        }
    }

    private void ended(int index, @Nullable Exception error) {
        lock.lock();
        try {
            onTheirWay--;
            if (error == null) {
                arrived[index] = true;
                left--;
            } else if (failure == null) {
                failure = error;
            }
            if (onTheirWay == 0) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
