package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

import com.sun.net.httpserver.HttpServer;

/** HTTP/1.1 over TCP on loopback, by the JDK's client and server: what counts has 32 requests under way at once. */
final class HttpExchange implements Exchange {

    private static final int AT_ONCE = 32;
    private static final int OK = 200;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final URI flow;
    private final URI there;
    private final Desk desk;

    HttpExchange(Desk desk) throws IOException {
        // Otherwise each answer waits for an acknowledgment that comes 40 ms later.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        this.desk = desk;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/flow", request -> {
            request.getRequestBody().readAllBytes();
            desk.received(1);
            request.sendResponseHeaders(OK, -1);
            request.close();
        });
        server.createContext("/there", request -> {
            byte[] note = request.getRequestBody().readAllBytes();
            request.sendResponseHeaders(OK, note.length);
            request.getResponseBody().write(note);
            request.close();
        });
        server.start();
        String base = "http://localhost:" + server.getAddress().getPort();
        flow = URI.create(base + "/flow");
        there = URI.create(base + "/there");
    }

    private static HttpRequest request(URI where, long number) {
        return HttpRequest.newBuilder(where)
                .POST(BodyPublishers.ofByteArray(KafkaExchange.note(number)))
                .build();
    }

    @Override
    public boolean isAnsweredAtOnce() {
        return true;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what fails is missing in the end
    public void send(long number) throws InterruptedException {
        room.acquire();
        client.sendAsync(request(flow, number), BodyHandlers.discarding()).whenComplete((_, _) -> room.release());
    }

    @Override
    public void ask(long number) throws Exception {
        byte[] answer = client.send(request(there, number), BodyHandlers.ofByteArray()).body();
        desk.answered(KafkaExchange.numberOf(answer));
    }

    @Override
    public void close() {
        client.close();
        server.stop(0);
        threads.close();
    }
}
