package io.zeroipc.spring.cloud.stream.binder.properties;

import java.time.Duration;

/** What a producer's binding says beyond what all binders know. Not thread-safe. */
public class ZeroIpcProducerProperties extends QueueProperties {

    /**
     * What happens to a message that one of the groups has no room for: 'block' waits for the send timeout and fails then, 'fail'
     * fails at once, 'drop' forgets it for that group.
     */
    private FullAction fullAction = FullAction.BLOCK;

    /** How long 'block' waits for room. Zero waits as long as it takes. */
    private Duration sendTimeout = Duration.ofSeconds(10);

    public FullAction getFullAction() {
        return fullAction;
    }

    public void setFullAction(FullAction fullAction) {
        this.fullAction = fullAction;
    }

    public Duration getSendTimeout() {
        return sendTimeout;
    }

    public void setSendTimeout(Duration sendTimeout) {
        this.sendTimeout = sendTimeout;
    }
}
