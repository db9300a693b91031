package io.zeroipc.flow;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.EventCount;

/** What comes out of a view of a stream. */
record ReaderPull<T>(StreamReader<T> reader) implements Pull<T> {

    @Override
    public @Nullable T next() {
        return reader.next();
    }

    @Override
    public boolean isCutShort() {
        return reader.isCutShort();
    }

    @Override
    public boolean isEnded() {
        return reader.isEnded();
    }

    @Override
    public EventCount arrivals() {
        return reader.arrivals();
    }

    @Override
    public void close() {
        reader.close();
    }
}
