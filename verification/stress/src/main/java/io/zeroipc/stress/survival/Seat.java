package io.zeroipc.stress.survival;

import java.util.random.RandomGenerator;

import io.zeroipc.segment.Segment;

/**
 * What a thread of a worker works with.
 *
 * @param role what it does, an index of {@link Workload#roles()}
 * @param id unique among all threads of a round, never 0
 */
record Seat(Segment segment, int role, long id, Journal journal, RandomGenerator random) {}
