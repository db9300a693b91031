package io.zeroipc.benchmarks.pair;

/** A connection with one sender and one receiver, each for one thread at a time. */
abstract class OneThreadLink implements Link, Link.Sender, Link.Receiver {

    @Override
    public Sender sender() {
        return this;
    }

    @Override
    public Receiver receiver() {
        return this;
    }
}
