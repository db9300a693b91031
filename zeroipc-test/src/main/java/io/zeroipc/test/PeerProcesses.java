package io.zeroipc.test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Starts peers that end with their test, and shows what they printed when it fails, whatever it fails of.
 *
 * <pre>{@code
 * @RegisterExtension
 * final PeerProcesses peers = new PeerProcesses();
 *
 * @Test
 * void goesOnWhenItsPeerIsKilled() throws Exception {
 *     PeerProcess peer = peers.start(PeerProcess.of(Producer.class).withArguments(segment.path()));
 *     ...
 * }
 * }</pre>
 *
 * <p>
 * What the peers printed is the message of a {@link PeerOutput} that is suppressed by the failure, so that reports show
 * it below. Peers are closed after each test, in reverse order of their start; in a static field, too. Thread-safe.
 */
public final class PeerProcesses
        implements AfterEachCallback, TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

    private final List<PeerProcess> peers = new CopyOnWriteArrayList<>();

    public PeerProcesses() {
    }

    /** Starts a peer that lives until the end of the test at the latest. */
    public PeerProcess start(PeerProcess.Builder builder) {
        PeerProcess peer = builder.start();
        peers.add(peer);
        return peer;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable throwable) throws Throwable {
        throw withOutput(throwable);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable throwable)
            throws Throwable {
        throw withOutput(throwable);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable throwable)
            throws Throwable {
        throw withOutput(throwable);
    }

    private Throwable withOutput(Throwable throwable) {
        peers.forEach(peer -> throwable.addSuppressed(new PeerOutput(peer.toString())));
        return throwable;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        for (PeerProcess peer : peers.reversed()) {
            peer.close();
        }
        peers.clear();
    }

    /** What a peer had printed when the test failed. Not an error of its own, and without a stack trace. */
    public static final class PeerOutput extends RuntimeException {

        private static final long serialVersionUID = 1L;

        PeerOutput(String message) {
            super(message, null, false, false);
        }
    }
}
