package io.zeroipc.testing;

import java.util.List;

import io.zeroipc.test.PeerProcess;

/** A {@link PeerProcess} under the name that it had in this repository first. New tests take that one itself. */
public final class ChildJvm implements AutoCloseable {

    private final PeerProcess peer;

    private ChildJvm(PeerProcess peer) {
        this.peer = peer;
    }

    /** A JVM that will run this main class. */
    public static Builder of(Class<?> main) {
        return new Builder(PeerProcess.of(main));
    }

    /** How the child is started; see {@link PeerProcess.Builder}. */
    public static final class Builder {

        private final PeerProcess.Builder peer;

        private Builder(PeerProcess.Builder peer) {
            this.peer = peer;
        }

        public Builder withNativeAccess(boolean granted) {
            peer.withNativeAccess(granted);
            return this;
        }

        public Builder withJvmArguments(String... more) {
            peer.withJvmArguments(more);
            return this;
        }

        public Builder withArguments(Object... more) {
            peer.withArguments(more);
            return this;
        }

        public Builder withClassPath(String path) {
            peer.withClassPath(path);
            return this;
        }

        public ChildJvm start() {
            return new ChildJvm(peer.start());
        }
    }

    public long pid() {
        return peer.pid();
    }

    public boolean isAlive() {
        return peer.isAlive();
    }

    public void await(String line) throws InterruptedException {
        peer.await(line);
    }

    public int join() throws InterruptedException {
        return peer.join();
    }

    public List<String> output() {
        return peer.output();
    }

    public List<String> errors() {
        return peer.errors();
    }

    @Override
    public void close() {
        peer.close();
    }

    @Override
    public String toString() {
        return peer.toString();
    }
}
