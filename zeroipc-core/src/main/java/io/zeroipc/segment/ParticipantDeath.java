package io.zeroipc.segment;

import java.time.Instant;

/**
 * The death of a participant, as it was noticed by one of the others.
 *
 * @param number of the death, counted from 1 for each segment; the last 62 are kept
 * @param pid as the process saw itself
 * @param name of the application; cut after 24 bytes
 * @param joined when it had opened the segment
 * @param noticed when its death was noticed
 */
public record ParticipantDeath(long number, long pid, String name, Instant joined, Instant noticed) {}
