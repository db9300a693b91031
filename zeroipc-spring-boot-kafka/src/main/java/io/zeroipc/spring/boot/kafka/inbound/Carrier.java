package io.zeroipc.spring.boot.kafka.inbound;

/** What a bridge does for one kind of structure. For the thread of the bridge. */
interface Carrier {

    /**
     * Carries until the bridge is to stop. What is thrown ends the attempt: the bridge waits a moment and tries again, but for a
     * {@link RecordRefusedException} and what no later attempt can do better.
     */
    void carry() throws InterruptedException;
}
