package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/** A stream socket that both sides poll: one system call for each message that is written, and for what there is to be read. */
final class SocketLink extends OneThreadLink {

    private static final int READ_AHEAD = 1 << 16;

    private final int size;
    private final Path file;
    private final @Nullable ServerSocketChannel server;
    private @Nullable SocketChannel channel;
    private final ByteBuffer outgoing;
    private final ByteBuffer incoming;
    private final MemorySegment outgoingMemory;
    private final MemorySegment incomingMemory;

    /** @param unix whether it is a Unix domain socket; otherwise it is TCP on the loopback interface */
    SocketLink(Place place, boolean unix) throws IOException {
        size = place.size();
        file = place.file(".socket");
        outgoing = ByteBuffer.allocateDirect(size);
        outgoing.limit(0);
        incoming = ByteBuffer.allocateDirect(Math.max(2 * size, READ_AHEAD));
        outgoingMemory = MemorySegment.ofBuffer(outgoing.duplicate().clear());
        incomingMemory = MemorySegment.ofBuffer(incoming.duplicate().clear());
        if (place.isActive()) {
            server = unix
                    ? ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file))
                    : ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            if (!unix) {
                Files.writeString(file,
                        Integer.toString(((InetSocketAddress) server.getLocalAddress()).getPort()));
            }
        } else {
            server = null;
            channel = configured(SocketChannel.open(unix
                    ? UnixDomainSocketAddress.of(file)
                    : new InetSocketAddress(InetAddress.getLoopbackAddress(),
                            Integer.parseInt(Files.readString(file)))));
        }
    }

    private static SocketChannel configured(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        return channel;
    }

    @Override
    public void connect() throws IOException {
        if (server != null) {
            channel = configured(server.accept());
        }
    }

    @Override
    public long tryClaim() {
        return flush() ? 0 : FULL;
    }

    @Override
    public MemorySegment memory() {
        return outgoingMemory;
    }

    @Override
    public void commit() {
        outgoing.clear();
        flush();
    }

    @Override
    public boolean flush() {
        if (outgoing.hasRemaining()) {
            try {
                connected().write(outgoing);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return !outgoing.hasRemaining();
    }

    private SocketChannel connected() {
        if (channel == null) {
            throw new IllegalStateException("socket is not connected: " + file);
        }
        return channel;
    }

    @Override
    public int poll(Handler handler, int limit) {
        try {
            if (connected().read(incoming) < 0) {
                throw new IOException("the other side has closed the socket");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int count = 0;
        int from = 0;
        // All that are there: what is left in the buffer would not be seen by the next read.
        for (; incoming.position() - from >= size; from += size) {
            handler.onMessage(incomingMemory, from);
            count++;
        }
        if (from > 0) {
            incoming.limit(incoming.position()).position(from);
            incoming.compact();
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        if (server != null) {
            server.close();
            Files.deleteIfExists(file);
        }
    }
}
