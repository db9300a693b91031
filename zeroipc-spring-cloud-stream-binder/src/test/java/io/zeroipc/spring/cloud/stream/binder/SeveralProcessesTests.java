package io.zeroipc.spring.cloud.stream.binder;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.integration.channel.DirectChannel;

import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;

import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.message;
import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Binders of several processes on one destination, and what is left when one of them is killed. */
@Tag("process")
class SeveralProcessesTests {

    @TempDir
    private Path directory;

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private BinderFixture here;

    @BeforeEach
    void open() {
        here = new BinderFixture(directory, "capacity=4", "queues=16");
    }

    @AfterEach
    void close() {
        here.close();
    }

    private PeerProcess start(String what, String group, int capacity) {
        return peers.start(
                PeerProcess.of(BinderPeer.class).withArguments(directory, "orders", what, group, capacity));
    }

    @Test
    void shouldLoseNothingWhenAllProvisionAtOnce() throws Exception {
        List<PeerProcess> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(start("provision", "own-" + (char) ('a' + i), 1024));
        }
        for (String command : List.of("ready", "bound")) {
            for (PeerProcess peer : all) {
                peer.await(command);
            }
            all.forEach(peer -> peer.send("go on"));
        }
        for (PeerProcess peer : all) {
            peer.await("done");
        }
        here.produce("orders", producer -> {});
        Set<String> groups = new HashSet<>();
        for (GroupQueue queue : List.copyOf(here.binder().segments().open()).getFirst().queues()) {
            groups.add(queue.name().text());
            assertThat(queue.queue().size()).as(queue.toString()).isEqualTo(all.size() * BinderPeer.MESSAGES);
        }
        assertThat(groups).containsExactlyInAnyOrder("shared-a", "shared-b", "shared-c", "shared-d", "own-a", "own-b",
                "own-c", "own-d");
        for (PeerProcess peer : all) {
            assertThat(peer.join()).isZero();
        }
    }

    @Test
    void shouldNotWaitForAnAnonymousConsumerThatWasKilled() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        here.consume("orders", "rest", received -> got.add(text(received)), consumer -> {});
        DirectChannel output = here.produce("orders", producer -> producer.getExtension()
                .setSendTimeout(Duration.ZERO));
        PeerProcess peer = start("hang", "-", 4);
        peer.await("bound");
        output.send(message("m0"));
        peer.await("got m0");
        peer.kill();
        for (int i = 1; i < 2048; i++) {
            output.send(message("m" + i));
        }
        for (int i = 0; i < 2048; i++) {
            assertThat(got.poll(1, TimeUnit.MINUTES)).isEqualTo("m" + i);
        }
        assertThat(List.copyOf(here.binder().segments().open()).getFirst().groups().queues())
                .extracting(queue -> queue.name().text())
                .containsExactly("rest");
    }

    @Test
    void shouldHoldUpNobodyByAMessageThatWasGivenUp() throws Exception {
        DirectChannel output = here.produce("orders", producer -> producer.setRequiredGroups("one", "two"));
        GroupQueue one = queue("one");
        output.send(message("m0"));
        // As a sender does that finds no room in another queue behind its first look.
        one.queue().abort(one.queue().tryClaim());
        output.send(message("m1"));
        PeerProcess peer = start("print", "one", 4);
        peer.await("got m0");
        // Nothing is sent or received here any more.
        peer.await("got m1");
        peer.send("end");
    }

    @Test
    void shouldEndAWaitForAnAnonymousConsumerThatIsKilledMeanwhile() throws Exception {
        DirectChannel output = here.produce("orders", producer -> {
            producer.setRequiredGroups("rest");
            producer.getExtension().setSendTimeout(Duration.ZERO);
        });
        PeerProcess peer = start("hang", "-", 4);
        peer.await("bound");
        output.send(message("m0"));
        peer.await("got m0");
        FutureTask<Boolean> sending = new FutureTask<>(() -> {
            boolean sent = true;
            for (int i = 1; i <= 4; i++) {
                sent &= output.send(message("m" + i));
                // The other group has room for all.
                queue("rest").queue().poll();
            }
            return sent;
        });
        Thread sender = Thread.ofPlatform().start(sending);
        await().until(() -> queue("~anonymous-0").queue().isFull());
        await().during(Duration.ofMillis(100)).until(() -> !sending.isDone());
        peer.kill();
        assertThat(sending.get(1, TimeUnit.MINUTES)).isTrue();
        sender.join();
    }

    @Test
    void shouldGoOnWhenProducersAreKilledWhileTheySendToSeveralGroups() throws Exception {
        List<BlockingQueue<String>> got = new ArrayList<>();
        for (String group : List.of("one", "two", "three")) {
            BlockingQueue<String> mine = new LinkedBlockingQueue<>();
            got.add(mine);
            here.consume("orders", group, received -> mine.add(text(received)), consumer -> {});
        }
        DirectChannel output = here.produce("orders", producer -> producer.getExtension()
                .setSendTimeout(Duration.ZERO));
        for (int kill = 0; kill < 5; kill++) {
            List<PeerProcess> all = List.of(start("send", "-", 4), start("send", "-", 4));
            for (PeerProcess peer : all) {
                peer.await("ready");
                peer.send("go on");
            }
            // In the middle of sending, wherever that is.
            await().until(() -> got.getLast().size() > 1000);
            for (PeerProcess peer : all) {
                peer.kill();
            }
            got.forEach(BlockingQueue::clear);
            String end = "end of " + kill;
            output.send(message(end));
            for (BlockingQueue<String> group : got) {
                await().until(() -> group.contains(end));
            }
            got.forEach(BlockingQueue::clear);
        }
        for (String group : List.of("one", "two", "three")) {
            assertThat(queue(group).queue().size()).isZero();
        }
    }

    private GroupQueue queue(String name) {
        return List.copyOf(here.binder().segments().open())
                .getFirst()
                .queues()
                .stream()
                .filter(queue -> queue.name().text().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGiveWhatAKilledInstanceHadToAnother() throws Exception {
        DirectChannel output = here.produce("orders", producer -> producer.setRequiredGroups("billing"));
        PeerProcess peer = start("hang", "billing", 4);
        peer.await("bound");
        output.send(message("m0"));
        peer.await("got m0");
        output.send(message("m1"));
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        here.consume("orders", "billing", received -> got.add(text(received)), consumer -> {});
        assertThat(got.poll(1, TimeUnit.MINUTES)).isEqualTo("m1");
        assertThat(got).isEmpty();
        peer.kill();
        assertThat(got.poll(1, TimeUnit.MINUTES)).isEqualTo("m0");
    }
}
