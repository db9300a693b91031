package io.zeroipc.spring.cloud.stream.binder;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.springframework.integration.channel.DirectChannel;

import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.message;
import static io.zeroipc.spring.cloud.stream.binder.BinderFixture.text;

/**
 * Another process with a binder. Arguments: directory, destination, what to do (<code>provision</code>, <code>print</code>, <code>send</code>, <code>hang</code>), the group,
 * {@code -} for none, and the capacity of queues.
 */
final class BinderPeer {

    static final int MESSAGES = 100;

    private BinderPeer() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = Path.of(arguments[0]);
        String destination = arguments[1];
        String group = arguments[3].equals("-") ? null : arguments[3];
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (BinderFixture binder = new BinderFixture(directory, "capacity=" + arguments[4], "queues=16")) {
            switch (arguments[2]) {
                case "provision" -> provision(binder, destination, group, commands);
                case "print" -> binder.consume(destination, group,
                        received -> System.out.println("got " + text(received)), consumer -> {});
                case "send" -> send(binder, destination, commands);
                case "hang" -> hang(binder, destination, group);
                default -> throw new IllegalArgumentException(arguments[2]);
            }
            System.out.println("done");
            while (commands.readLine() != null) {
                // Until the test has seen enough.
            }
        }
    }

    /** Binds when it is told to, and sends when it is told to. */
    private static void provision(BinderFixture binder, String destination, String group, BufferedReader commands)
            throws IOException {
        System.out.println("ready");
        commands.readLine();
        DirectChannel output = binder.produce(destination,
                producer -> producer.setRequiredGroups("shared-a", "shared-b", "shared-c", "shared-d"));
        binder.consume(destination, group, received -> {}, consumer -> consumer.setAutoStartup(false));
        System.out.println("bound");
        commands.readLine();
        for (int i = 0; i < MESSAGES; i++) {
            output.send(message(group + " " + i));
        }
    }

    /** Sends without an end. */
    private static void send(BinderFixture binder, String destination, BufferedReader commands) throws IOException {
        DirectChannel output = binder.produce(destination, producer -> producer.getExtension()
                .setSendTimeout(Duration.ZERO));
        System.out.println("ready");
        commands.readLine();
        for (int i = 0;; i++) {
            output.send(message("m" + i));
        }
    }

    /** Takes a message, and never comes to an end with it. */
    private static void hang(BinderFixture binder, String destination, String group) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        binder.consume(destination, group, received -> {
            System.out.println("got " + text(received));
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, consumer -> {});
        System.out.println("bound");
        never.await();
    }
}
