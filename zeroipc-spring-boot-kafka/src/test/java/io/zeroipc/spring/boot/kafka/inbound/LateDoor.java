package io.zeroipc.spring.boot.kafka.inbound;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An address behind which there is no broker until it is opened: then clients are led to one. */
final class LateDoor implements AutoCloseable {

    private final int port;
    private final List<Closeable> open = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    LateDoor() throws IOException {
        // Nobody listens there from here on.
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
    }

    String address() {
        return "localhost:" + port;
    }

    /** @param servers host and port of the broker */
    void open(String servers) throws IOException {
        int colon = servers.lastIndexOf(':');
        InetSocketAddress broker = new InetSocketAddress(servers.substring(0, colon),
                Integer.parseInt(servers.substring(colon + 1)));
        ServerSocket door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        open.add(door);
        run(() -> {
            while (true) {
                Socket client = door.accept();
                open.add(client);
                Socket server = new Socket(broker.getAddress(), broker.getPort());
                open.add(server);
                run(() -> client.getInputStream().transferTo(server.getOutputStream()));
                run(() -> server.getInputStream().transferTo(client.getOutputStream()));
            }
        });
    }

    private void run(Task task) {
        threads.add(Thread.ofPlatform().start(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // Closed by one side, or by the test.
            }
        }));
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : open) {
            each.close();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a thread does until its sockets are closed. */
    private interface Task {

        void run() throws IOException;
    }
}
