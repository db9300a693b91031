package io.zeroipc.spring.boot.kafka;

import io.zeroipc.codec.Length;

/** What is carried in tests. */
public record Trade(@Length(8) String symbol, long number, double price) {}
