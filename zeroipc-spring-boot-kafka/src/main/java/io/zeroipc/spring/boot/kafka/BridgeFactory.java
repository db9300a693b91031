package io.zeroipc.spring.boot.kafka;

/** Makes the bridges of one direction. */
public interface BridgeFactory {

    BridgeDirection direction();

    /**
     * Makes a bridge, which is not started. Checks everything that can be checked without a broker.
     *
     * @throws RuntimeException which says what in the definition cannot work, when the application starts
     */
    Bridge create(BridgeDefinition definition);
}
