package io.zeroipc.flow;

import org.jspecify.annotations.Nullable;

import io.zeroipc.flow.SharedState.Snapshot;
import io.zeroipc.segment.EventCount;

/** The changes of a state, with version and time; they never end. */
record SnapshotPull<T>(StateSubscription<T> changes) implements Pull<Snapshot<T>> {

    @Override
    public @Nullable Snapshot<T> next() {
        return changes.pollSnapshot();
    }

    @Override
    public boolean isEnded() {
        return false;
    }

    @Override
    public EventCount arrivals() {
        return changes.arrivals();
    }

    @Override
    public void close() {
        changes.close();
    }
}
