package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.SegmentDefinition;

import static org.awaitility.Awaitility.await;

/**
 * An application whose segment is truncated while its template sends and its listener receives as fast as they can.
 * Arguments: the directory of the segment, {@code FAIL} or {@code REATTACH}.
 */
final class TruncationVictim {

    private static final AtomicInteger RECEIVED = new AtomicInteger();

    private TruncationVictim() {
    }

    public static void main(String[] arguments) {
        OnReplaced policy = OnReplaced.valueOf(arguments[1]);
        SegmentDefinition host = Fixtures.host(Fixtures.queue("in", Codecs.int32(), 16 * 1024))
                .onReplaced(policy)
                .openedBy(Fixtures.file(Path.of(arguments[0]))::open);
        try (TestContext context = TestContexts.open(host, Listener.class)) {
            sendUntilDetached(context);
            ChannelListenerContainer container = context.container("victim");
            if (policy == OnReplaced.FAIL) {
                await().until(() -> container.getState() == ContainerState.FAILED);
                System.out.println("listener: " + container.getState() + " " + container.getLastError().type());
            } else {
                await().until(() -> container.getState() == ContainerState.STARTING);
                System.out.println("truncated");
                goOn(context);
                await().until(() -> container.getState() == ContainerState.RUNNING);
                System.out.println("listener: " + container.getState());
            }
        }
        System.out.println("closed");
    }

    private static void sendUntilDetached(TestContext context) {
        try {
            for (int i = 0; i < Integer.MAX_VALUE; i++) {
                context.template().trySend("host/in", i);
                if (i == 50_000) {
                    System.out.println("running");
                }
            }
        } catch (SegmentDetachedException | SegmentFormatException e) {
            System.out.println("template: " + e.getClass().getSimpleName());
        }
    }

    /** Until the listener has received something from the file that comes. */
    private static void goOn(TestContext context) {
        int before = RECEIVED.get();
        await().until(() -> {
            try {
                context.template().trySend("host/in", 0);
            } catch (SegmentFormatException | SegmentNotFoundException | SegmentDetachedException e) {
                return false;
            }
            return RECEIVED.get() > before;
        });
    }

    static class Listener {

        @ChannelListener(id = "victim", channels = "host/in")
        void on(int number) {
            RECEIVED.lazySet(RECEIVED.get() + 1);
        }
    }
}
