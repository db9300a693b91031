package io.zeroipc.segment;

/**
 * Something that a thread of a participant is about to take, or holds.
 *
 * @param thread number of the thread in its process; 0 when the announcement is not one thread's
 * @param blockOffset where the structure's block begins: {@link TableEntry#offset}
 * @param kind as {@code docs/format/participants.md} names it, such as {@code writing} or {@code locked}
 * @param position the first position, unsigned, for a structure that has them; else 0
 * @param count the number of positions; 1 for a structure that has none
 */
public record ParticipantClaim(long thread, long blockOffset, String kind, long position, int count) {}
