package io.zeroipc.spring.boot.health;

import java.nio.file.Path;

import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedMutex;

/** Holds a mutex until it is killed: {@code <path>}. */
final class LockHolder {

    private LockHolder() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
            SharedMutex.open(segment, "lock").lock();
            System.out.println("locked");
            System.in.read();
        }
    }
}
