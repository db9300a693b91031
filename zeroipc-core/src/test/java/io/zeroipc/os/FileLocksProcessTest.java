package io.zeroipc.os;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.os.FileLocks.Held;
import io.zeroipc.os.FileLocks.Mechanism;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Locks between processes. This JVM has native access in one run of the suite and not in the other, and each test has a
 * child of both kinds, so all four pairs meet.
 */
@Tag("process")
class FileLocksProcessTest {
    private static final long FAR = 1L << 62;

    private ScratchFile file;
    private FileLocks locks;

    @BeforeEach
    void openFile() throws IOException {
        file = new ScratchFile();
        locks = file.locks();
    }

    @AfterEach
    void closeFile() throws IOException {
        try {
            locks.close();
        } finally {
            file.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeFreeAgainWhenTheHolderIsKilled(boolean nativeChild) throws Exception {
        try (PeerProcess child = child(nativeChild)) {
            child.send("lock " + FAR);
            child.await("locked");
            assertThat(locks.tryLock(FAR)).isNull();
            assertThat(locks.isHeldElsewhere(FAR)).isTrue();
            assertThat(locks.isHeldElsewhere(FAR + 1)).isFalse();

            child.kill();

            assertThat(locks.lock(FAR, Duration.ofMinutes(2))).isNotNull();
            assertThat(locks.isHeldElsewhere(FAR)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStayHeldWhenTheHolderIsStopped(boolean nativeChild) throws Exception {
        try (PeerProcess child = child(nativeChild)) {
            child.send("lock " + FAR);
            child.await("locked");
            signal("STOP", child);
            await().until(() -> ProcessIdentity.Stat.read(child.pid()).state() == 'T');

            assertThat(locks.tryLock(FAR)).isNull();
            assertThat(locks.lock(FAR, Duration.ofMillis(50))).isNull();
            assertThat(ProcessIdentity.of(child.pid())).get().matches(ProcessIdentity::isAlive);

            signal("CONT", child);
            child.send("unlock " + FAR);
            child.await("unlocked");
            assertThat(locks.tryLock(FAR)).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseTheOtherProcessWhenHeldHere(boolean nativeChild) throws Exception {
        try (PeerProcess child = child(nativeChild)) {
            Held held = locks.tryLock(FAR);
            child.send("lock " + FAR);
            child.await("refused");
            child.send("probe " + FAR);
            child.await("held");

            held.close();

            child.send("probe " + FAR);
            child.await("free");
            child.send("lock " + FAR);
            child.await("locked");
            assertThat(locks.tryLock(FAR)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSucceedAlwaysWhenTheOtherProcessOnlyProbes(boolean nativeChild) throws Exception {
        try (PeerProcess child = child(nativeChild)) {
            child.send("probe-much " + FAR + " 20000");
            child.await("probing");
            int rounds = 0;
            while (!child.output().contains("probed")) {
                try (Held held = locks.tryLock(FAR)) {
                    assertThat(held).as("round %d", rounds).isNotNull();
                }
                rounds++;
            }
            assertThat(rounds).isPositive();
        }
    }

    @Test
    void shouldExcludeProcessesOfBothKindsFromEachOther() throws Exception {
        int times = 300;
        file.channel.write(ByteBuffer.allocate(Long.BYTES), 0);
        try (PeerProcess nativeChild = child(true); PeerProcess otherChild = child(false)) {
            nativeChild.send("count " + FAR + " " + times);
            otherChild.send("count " + FAR + " " + times);
            assertThat(LockingChild.count(file.channel, locks, FAR, times)).isEqualTo("counted");
            nativeChild.await("counted");
            otherChild.await("counted");
        }

        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        file.channel.read(word, 0);
        assertThat(word.getLong(0)).isEqualTo(3L * times);
    }

    private PeerProcess child(boolean nativeAccess) throws InterruptedException {
        PeerProcess child = PeerProcess.of(LockingChild.class)
                .withNativeAccess(nativeAccess)
                .withArguments(file.path)
                .start();
        try {
            child.await((nativeAccess ? Mechanism.DESCRIPTION : Mechanism.PROCESS).toString());
            return child;
        } catch (InterruptedException | RuntimeException | Error e) {
            child.close();
            throw e;
        }
    }

    private static void signal(String name, PeerProcess child) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(child.pid())).inheritIO().start();
        assertThat(kill.waitFor()).isZero();
    }
}
