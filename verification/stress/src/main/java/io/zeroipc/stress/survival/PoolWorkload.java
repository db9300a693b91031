package io.zeroipc.stress.survival;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.zeroipc.collection.SharedPool;
import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;

/**
 * Threads take a node, fill it, look whether it stays what it is, and give it back. A node belongs to the application: that of a
 * thread that was killed with it in hand is given back by this one, by its journal.
 */
final class PoolWorkload implements Workload {

    private static final String NAME = "pool";
    private static final int CAPACITY = 4096;

    @Override
    public void create(Segment segment) {
        SharedPool.create(segment, NAME, Cargo.CODEC, CAPACITY);
    }

    @Override
    public List<String> roles() {
        return List.of("owner", "other owner");
    }

    @Override
    public int lap() {
        return 100;
    }

    @Override
    public String describe(Segment segment) {
        return SharedPool.open(segment, NAME, Cargo.CODEC).occupancy().toString();
    }

    @Override
    public Step bind(Seat seat) {
        SharedPool<Cargo> pool = SharedPool.open(seat.segment(), NAME, Cargo.CODEC);
        Journal journal = seat.journal();
        return () -> {
            journal.set(Word.PENDING, 1);
            int handle = pool.allocate();
            if (handle != SharedPool.NO_HANDLE) {
                journal.set(Word.HELD, handle + 1L);
                Cargo cargo = Cargo.of(seat.id(), journal.get(Word.DONE));
                pool.set(handle, cargo);
                for (int i = seat.random().nextInt(20); i > 0; i--) {
                    Thread.onSpinWait();
                }
                Cargo found = pool.get(handle);
                if (!found.equals(cargo)) {
                    journal.torn(found.producer(), found.number());
                }
                pool.free(handle);
                journal.set(Word.HELD, 0);
                journal.add(Word.DONE, 1);
            }
            journal.set(Word.PENDING, 0);
        };
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) {
        SharedPool<Cargo> pool = SharedPool.open(segment, NAME, Cargo.CODEC);
        long unknown = crew.threads().filter(each -> each.wasPending() && each.get(Word.HELD) == 0).count();
        crew.threads()
                .filter(each -> each.wasPending() && each.get(Word.HELD) != 0)
                .forEach(each -> free(pool, Math.toIntExact(each.get(Word.HELD) - 1)));
        Set<Integer> handles = new HashSet<>();
        int handle = pool.allocate();
        while (handle != SharedPool.NO_HANDLE && handles.size() <= CAPACITY) {
            if (!handles.add(handle)) {
                findings.add(Promise.DUPLICATE, "node was handed out twice: handle=" + handle);
                return;
            }
            handle = pool.allocate();
        }
        check(handles.size(), unknown, findings);
        handles.forEach(each -> free(pool, each));
        // An estimate: who is killed beside the step that hands a node out, or takes it back, has not counted it.
        long killed = crew.threads().filter(Crew.Hand::wasPending).count();
        if (Math.abs(pool.allocated() - (CAPACITY - handles.size())) > killed) {
            findings.add(Promise.LEAK, "pool counts " + pool.allocated() + " nodes as handed out when all were freed"
                    + " but " + (CAPACITY - handles.size()) + ", and " + killed + " threads were killed at it");
        }
    }

    /**
     * Checks the number of nodes that could be had.
     *
     * @param unknown threads that were killed between the call to allocate and the entry in the journal, or the call to free and
     *        that
     */
    static void check(int nodes, long unknown, Findings findings) {
        if (nodes > CAPACITY || nodes < CAPACITY - unknown) {
            findings.add(Promise.LEAK, nodes + " of " + CAPACITY + " nodes can be had, when all were freed but at most "
                    + unknown + " that killed threads were just getting");
        }
    }

    static int capacity() {
        return CAPACITY;
    }

    private static void free(SharedPool<Cargo> pool, int handle) {
        try {
            pool.free(handle);
        } catch (IllegalStateException e) {
            // It was killed behind its own free.
        }
    }
}
