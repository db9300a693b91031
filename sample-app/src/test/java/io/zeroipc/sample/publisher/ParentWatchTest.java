package io.zeroipc.sample.publisher;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class ParentWatchTest {

    private final CountDownLatch gone = new CountDownLatch(1);

    @Test
    void watchWhenThePipeEndsSaysSo() throws Exception {
        PipedOutputStream parentsEnd = new PipedOutputStream();
        try (PipedInputStream input = new PipedInputStream(parentsEnd)) {
            ParentWatch.start(ProcessHandle.current().parent().orElseThrow().pid(), input, gone::countDown);
            assertThat(gone.getCount()).isOne();

            parentsEnd.close();

            gone.await();
        }
    }

    @Test
    @Tag("process")
    void watchWhenTheProcessIsKilledSaysSo() throws Exception {
        Process parent = new ProcessBuilder("cat").start();
        try (PipedOutputStream neverClosed = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(neverClosed)) {
            ParentWatch.start(parent.pid(), input, gone::countDown);
            assertThat(gone.getCount()).isOne();

            parent.destroyForcibly();

            gone.await();
        } finally {
            end(parent);
        }
    }

    @Test
    @Tag("process")
    void watchWhenTheProcessHasEndedBeforeSaysSoAtOnce() throws Exception {
        Process parent = new ProcessBuilder("true").start();
        parent.waitFor();
        try (PipedOutputStream neverClosed = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(neverClosed)) {
            ParentWatch.start(parent.pid(), input, gone::countDown);

            gone.await();
        }
    }

    private static void end(Process process) throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        process.getOutputStream().close();
    }
}
