package io.zeroipc.spring.core;

import java.time.Instant;

import io.zeroipc.segment.Stall;

/**
 * A structure in which nobody has got past one position for some seconds.
 *
 * @param channel its name in this application
 * @param stall where, and what was begun there
 * @param since when it was seen first
 */
public record StuckStructure(ChannelName channel, Stall stall, Instant since) {

    @Override
    public String toString() {
        return channel + " is stuck since " + since + ": " + stall;
    }
}
