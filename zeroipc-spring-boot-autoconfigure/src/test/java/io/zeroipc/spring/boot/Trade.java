package io.zeroipc.spring.boot;

import io.zeroipc.codec.Length;

/** An element of the tests. */
public record Trade(@Length(8) String symbol, long quantity, double price) {}
