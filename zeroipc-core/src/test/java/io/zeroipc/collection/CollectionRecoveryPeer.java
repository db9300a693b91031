package io.zeroipc.collection;

import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;

/**
 * A process that is killed in the middle of an operation of a stack, pool, map or set: {@code <role> <path>}. It stops where
 * {@link io.zeroipc.memory.StopPoint#PROPERTY} says. Whatever it is to do, it opens all of them that are there.
 */
final class CollectionRecoveryPeer {

    /** What is pushed, and put in place of another value. */
    static final long ELEMENT = 1000;
    /** A new key, and one that is there. */
    static final int NEW_KEY = 77;
    static final int KEY = 7;
    /** Whose value is not written at once. */
    static final String TEXT_KEY = "k";
    static final String TEXT = "new";

    private CollectionRecoveryPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Segment.at(Path.of(arguments[1])).participant("peer").open()) {
            SharedStack<Long> stack = SharedStack.open(segment, "stack", Codecs.int64());
            SharedPool<Long> pool = SharedPool.open(segment, "pool", Codecs.int64());
            SharedMap<Integer, Long> map = SharedMap.open(segment, "map", Codecs.int32(), Codecs.int64());
            SharedMap<String, String> texts = SharedMap.open(segment, "texts", Codecs.string(2), Codecs.string(3));
            SharedSet<Integer> set = SharedSet.open(segment, "set", Codecs.int32());
            switch (arguments[0]) {
                case "push" -> stack.push(ELEMENT);
                case "pop" -> stack.pop();
                case "peek" -> stack.peek();
                case "pop-in-place" -> stack.pop((_, _) -> stop());
                case "allocate" -> pool.allocate();
                case "free" -> pool.free(pool.allocate());
                case "put" -> map.put(NEW_KEY, ELEMENT);
                case "replace" -> map.put(KEY, ELEMENT);
                case "get" -> {
                    // Meets an entry whose key was removed, behind the one of the key.
                    map.get(KEY + map.capacity());
                    map.get(KEY);
                }
                case "remove" -> map.remove(KEY);
                case "replace-text", "repair-text" -> texts.put(TEXT_KEY, TEXT);
                case "add" -> set.add(NEW_KEY);
                case "take-away" -> set.remove(KEY);
                case "recover" -> {
                    segment.recover();
                    System.out.println("zeroipc has recovered");
                }
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.out.println("done");
            System.in.read();
        }
    }

    private static void stop() {
        System.out.println("has it");
        while (true) {
            LockSupport.park();
        }
    }
}
