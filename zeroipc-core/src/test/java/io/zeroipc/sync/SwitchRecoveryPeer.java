package io.zeroipc.sync;

import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedSignal;
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
                case "signal" -> SharedSignal.open(segment, "signal", Codecs.int64()).set(7L);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.out.println("done");
            System.in.read();
        }
    }
}
