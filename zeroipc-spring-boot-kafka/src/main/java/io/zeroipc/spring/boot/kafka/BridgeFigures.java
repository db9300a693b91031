package io.zeroipc.spring.boot.kafka;

import org.jspecify.annotations.Nullable;

/**
 * What a bridge has done since it was made, and what there is to do.
 *
 * @param carried elements that have arrived: acknowledged by the broker, or in the structure
 * @param duplicates elements that had arrived before, and were dropped
 * @param lost elements that will never arrive: overwritten before they were read, or given up by choice
 * @param failed attempts that have failed, whether they were made again or not
 * @param inFlight elements that were taken and have not arrived
 * @param lag elements that wait to be taken; -1 when that is not known
 * @param lastError what went wrong last, even if it is over; null when nothing did
 */
public record BridgeFigures(long carried, long duplicates, long lost, long failed, long inFlight, long lag,
        @Nullable String lastError) {}
