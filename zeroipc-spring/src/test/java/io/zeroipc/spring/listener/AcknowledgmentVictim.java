package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;

/**
 * A listener that is killed while it works on the third element. Arguments: the directory of the segment, the mode, the kind of
 * structure, and whether it takes batches.
 */
final class AcknowledgmentVictim implements ElementListener {

    private final boolean batch;

    private AcknowledgmentVictim(boolean batch) {
        this.batch = batch;
    }

    static Spec<?> spec(String kind) {
        return switch (kind) {
            case "ring" -> SharedRing.spec(Codecs.int32(), 8);
            case "queue" -> SharedQueue.spec(Codecs.int32(), 8, OnConsumerDeath.REDELIVER);
            case "channel" -> SharedChannel.spec(Codecs.int32(), 8, OnConsumerDeath.REDELIVER);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    public static void main(String[] arguments) {
        DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
        segments.define(Fixtures
                .host(StructureDefinition.of("in", spec(arguments[2]), Codecs.int32()))
                .openedBy(Fixtures.file(Path.of(arguments[0]))::open));
        ListenerSettings settings = new ListenerSettings().setAckMode(AckMode.valueOf(arguments[1]));
        new ChannelListenerContainer("victim", List.of(new ChannelName("host", "in")),
                new AcknowledgmentVictim(Boolean.parseBoolean(arguments[3])),
                settings, segments).start();
    }

    @Override
    public boolean isBatch() {
        return batch;
    }

    @Override
    public PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType) {
        return PayloadForm.VALUE;
    }

    @Override
    public void onMessage(ElementMessage message) throws InterruptedException {
        Object payload = message.getPayload();
        if (payload instanceof List<?> all ? all.contains(3) : payload.equals(3)) {
            System.out.println("working on 3");
            new CountDownLatch(1).await();
        }
    }
}
