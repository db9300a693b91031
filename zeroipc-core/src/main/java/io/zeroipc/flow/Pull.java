package io.zeroipc.flow;

/** The last {@link StreamStage}, together with what it all comes from. */
interface Pull<T> extends StreamStage<T>, AutoCloseable {

    @Override
    void close();
}
