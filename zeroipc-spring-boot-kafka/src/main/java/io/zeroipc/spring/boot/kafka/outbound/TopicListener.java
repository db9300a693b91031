package io.zeroipc.spring.boot.kafka.outbound;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeHeaders;
import io.zeroipc.spring.boot.kafka.Delivery;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.UserCode;
import io.zeroipc.spring.listener.ElementListener;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.PayloadForm;

/**
 * Sends batches of elements to a topic, and returns when the broker has acknowledged them all: only then may the structure let
 * them go. So there never are more on their way than one batch, whatever the broker does. What has not arrived fails the call, to
 * be called again, and goes on where it was. For one consumer at a time.
 */
final class TopicListener implements ElementListener {

    private static final Log LOG = LogFactory.getLog(TopicListener.class);
    /** An origin's positions never go back further than this, so that whoever drops what comes twice need not remember more. */
    private static final int BACK_MAX = BridgeDefinition.MAX_IN_FLIGHT_MAX;

    private final BridgeDefinition definition;
    private final FreightForms forms;
    private final BridgeProducer producer;
    private final Map<ElementMessage, Shipment> shipments = new ConcurrentHashMap<>();
    private final LongAdder arrived = new LongAdder();
    private final LongAdder failed = new LongAdder();
    /** Elements that were taken, and that nobody knows the partition of yet. */
    private volatile int unsent;
    private volatile @Nullable String waitingFor;
    private volatile @Nullable String lastError;
    private volatile @Nullable Freight freight;
    private boolean committing;

    // Of the present attachment.

    private volatile @Nullable OriginMark mark;
    private volatile UUID session = UUID.randomUUID();
    private @Nullable Source<?> attached;
    private long highest = -1;
    /** That the structure has let go as soon as the next batch comes; -1 when there is none. */
    private long lettingGo = -1;

    TopicListener(BridgeDefinition definition, FreightForms forms, BridgeProducer producer) {
        this.definition = definition;
        this.forms = forms;
        this.producer = producer;
    }

    @Override
    public boolean isBatch() {
        return true;
    }

    @Override
    public boolean needsPositions() {
        return true;
    }

    @Override
    public PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType) {
        freight = forms.of(elementTypeName);
        return PayloadForm.of(byte[].class, forms.isWhole(channel) ? byte[].class : null);
    }

    @Override
    public OptionalLong attaching(ChannelName channel, Source<?> source) {
        forms.checkDelivery(source);
        Freight present = freight;
        if (present != null && source.isBroadcast() && source.occupancy().capacity() <= 1
                && present.isKeyless()) {
            // A value that replaces the one before: where the topic is compacted, the newest one stays.
            freight = Freight.of(definition, present.format(), null, definition.channel().toString());
        }
        shipments.clear();
        closeMark();
        lettingGo = -1;
        highest = -1;
        committing = source.canCommit();
        boolean ordered = source.canContinue() || (source.canCommit() && source.isSingleConsumer());
        OriginMark opened = ordered ? OriginMark.open(definition, source) : null;
        mark = opened;
        session = opened == null ? OriginMark.session(definition, source) : opened.origin();
        attached = source;
        return opened == null ? OptionalLong.empty() : OptionalLong.of(opened.position());
    }

    private void closeMark() {
        OriginMark closing = mark;
        mark = null;
        if (closing != null) {
            closing.close();
        }
    }

    @Override
    public void onMessage(ElementMessage message) throws Exception {
        try {
            Shipment shipment = shipments.get(message);
            if (shipment == null) {
                unsent = message.size();
                shipment = load(message);
                shipments.put(message, shipment);
                unsent = 0;
            }
            if (definition.delivery() == Delivery.AT_MOST_ONCE) {
                keep(message.sequence());
            }
            shipment.carry(producer);
        } catch (NotArrivedException e) {
            waits(e);
            throw e;
        } catch (RecordNotAcceptedException | RuntimeException | Error e) {
            shipments.remove(message);
            unsent = 0;
            failed.increment();
            lastError = UserCode.describe(e);
            throw e;
        }
        shipments.remove(message);
        arrived.add(message.size());
        if (definition.delivery() != Delivery.AT_MOST_ONCE) {
            keep(message.sequence());
        }
        if (waitingFor != null) {
            waitingFor = null;
            LOG.info("bridge carries again: " + definition.describe());
        }
    }

    private void waits(NotArrivedException e) {
        failed.increment();
        lastError = e.getMessage();
        if (waitingFor == null) {
            LOG.warn("bridge waits for the broker: " + definition.describe() + ", error=" + e.getMessage()
                    + " (elements stay where they are and are sent as soon as it answers)");
        }
        waitingFor = e.getMessage();
    }

    private Shipment load(ElementMessage message) throws NotArrivedException, InterruptedException {
        Freight present = freight;
        if (present == null) {
            throw new IllegalStateException("bridge has no form for its elements: " + definition.describe());
        }
        OriginMark kept = mark;
        if (lettingGo >= 0 && kept != null) {
            // That a further batch comes says that the structure has let go of the last one.
            kept.arrived(lettingGo);
            lettingGo = -1;
        }
        List<?> elements = (List<?>) message.getPayload();
        long first = message.sequence(0);
        String origin = origin(first).toString();
        highest = Math.max(highest, message.sequence());
        Integer partition = present.isKeyless() ? partition(present, origin) : null;
        Header header = new RecordHeader(BridgeHeaders.ORIGIN, BridgeHeaders.bytes(origin));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            records.add(present.record((byte[]) elements.get(i), header, message.sequence(i), partition));
        }
        return new Shipment(records);
    }

    private UUID origin(long first) {
        OriginMark present = mark;
        if (present != null) {
            present.sending(first);
            return present.origin();
        }
        if (first >= 0 && first < highest - BACK_MAX) {
            // Of somebody who has died: so far back that nobody could tell it from what has come twice.
            session = OriginMark.anotherLife(session);
            highest = -1;
        }
        return session;
    }

    private Integer partition(Freight present, String origin) throws NotArrivedException, InterruptedException {
        try {
            return present.partition(producer.get(), origin);
        } catch (InterruptException e) {
            Thread.interrupted();
            throw new InterruptedException("interrupted while asking for the partitions of a topic");
        } catch (KafkaException e) {
            if (ProducerFailures.isFinal(e)) {
                throw e;
            }
            throw new NotArrivedException("broker cannot be reached: error=" + UserCode.describe(e), e);
        }
    }

    private void keep(long position) {
        OriginMark present = mark;
        if (present == null || position < 0) {
            return;
        }
        if (committing) {
            lettingGo = position;
        } else {
            present.arrived(position);
        }
    }

    /** Told when no consumer is left: gives up what is on its way, which comes again. */
    void ended() {
        producer.close();
        shipments.clear();
        unsent = 0;
        keepLast();
        closeMark();
        waitingFor = null;
    }

    /** No further batch will tell that the structure has let go of the last one; it is asked. */
    private void keepLast() {
        OriginMark present = mark;
        try {
            if (present != null && lettingGo >= 0 && attached instanceof SharedRing<?> ring
                    && ring.totalWritten() - ring.size() > lettingGo) {
                present.arrived(lettingGo);
            }
        } catch (ZeroIpcException | IllegalStateException e) {
            LOG.debug("last position of the bridge is not kept: " + definition.describe(), e);
        }
        lettingGo = -1;
    }

    /** Whether elements have this origin that no mark keeps. */
    boolean isFrom(UUID origin) {
        return OriginMark.isSameBridge(session, origin);
    }

    /** Why it does not go on now; null when it does. */
    @Nullable
    String waitingFor() {
        return waitingFor;
    }

    @Nullable
    String lastError() {
        return lastError;
    }

    long arrived() {
        return arrived.sum();
    }

    long failed() {
        return failed.sum();
    }

    long onTheirWay() {
        return unsent + shipments.values().stream().mapToLong(Shipment::left).sum();
    }

    /** What the reports about it call it. */
    @Override
    public String toString() {
        return definition.describe();
    }
}
