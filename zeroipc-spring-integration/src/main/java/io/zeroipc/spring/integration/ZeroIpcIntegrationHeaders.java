package io.zeroipc.spring.integration;

/**
 * Names of the headers that flows have besides those of listeners, {@link io.zeroipc.spring.core.ZeroIpcHeaders}. They are made
 * in this process and never travel.
 */
public final class ZeroIpcIntegrationHeaders {

    /**
     * Where the sender of a request expects the reply, {@code segment/structure} by the names of this application; a
     * {@code String}.
     */
    public static final String REPLY_CHANNEL = "zeroipc_replyChannel";

    /**
     * The headers of each element of a batch, in its order; a {@code List<Map<String, Object>>}. Missing where none of them came
     * in an envelope.
     */
    public static final String BATCH_HEADERS = "zeroipc_batchHeaders";

    private ZeroIpcIntegrationHeaders() {
    }
}
