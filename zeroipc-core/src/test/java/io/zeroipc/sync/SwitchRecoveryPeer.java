package io.zeroipc.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Segment;

/** A process that is killed while it runs a task, pulses an event, or sets or reads a signal: {@code <structure> <path>}. */
final class SwitchRecoveryPeer {

    private SwitchRecoveryPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Segment.at(Path.of(arguments[1])).participant("peer").open()) {
            switch (arguments[0]) {
                case "once" -> SharedOnce.open(segment, "once").run(() -> System.out.println("task"));
                case "once-failing" -> {
                    try {
                        SharedOnce.open(segment, "once").run(() -> {
                            throw new IllegalCallerException("fails");
                        });
                    } catch (IllegalCallerException e) {
                        System.out.println("failed");
                    }
                }
                case "permit" -> {
                    SharedSemaphore semaphore = SharedSemaphore.open(segment, "semaphore");
                    Permit kept = semaphore.hold();
                    semaphore.hold().close();
                    System.out.println("holds " + kept);
                }
                case "event" -> SharedEvent.open(segment, "event").pulse();
                case "event-signal" -> {
                    Thread released = Thread.ofPlatform().daemon().start(SwitchRecoveryPeer::releaseWhenAsked);
                    SharedEvent.open(segment, "automatic").signal();
                    System.out.println("signalled");
                    released.join();
                }
                case "event-await" -> {
                    System.out.println("waits");
                    SharedEvent.open(segment, "automatic").await();
                    System.out.println("gone");
                }
                case "signal" -> SharedSignal.open(segment, "signal", Codecs.int64()).set(7L);
                case "signal-get" -> {
                    Thread released = Thread.ofPlatform().daemon().start(SwitchRecoveryPeer::releaseWhenAsked);
                    System.out.println("got " + SharedSignal.open(segment, "signal", Codecs.int64()).get());
                    released.join();
                }
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.out.println("done");
            System.in.read();
        }
    }

    private static void releaseWhenAsked() {
        try {
            System.in.read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StopPoint.goOn();
    }
}
