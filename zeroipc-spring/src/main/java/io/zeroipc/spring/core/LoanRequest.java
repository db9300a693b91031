package io.zeroipc.spring.core;

import org.jspecify.annotations.Nullable;

import io.zeroipc.flow.Loan;
import io.zeroipc.spring.core.ChannelHandle.Sent;

/** What somebody wants of a topic, and gets: a chunk. For one call, in one thread. */
final class LoanRequest {

    private final long bytes;
    private @Nullable Loan loan;

    LoanRequest(long bytes) {
        this.bytes = bytes;
    }

    long bytes() {
        return bytes;
    }

    /** Null until there is one. */
    @Nullable
    Loan loan() {
        return loan;
    }

    /** Null when it was none. */
    @Nullable
    Sent taken(@Nullable Loan found) {
        loan = found;
        return found == null ? null : Sent.YES;
    }
}
