package io.zeroipc.spring.boot.console;

import io.zeroipc.codec.Length;

/** What the shop exchanges. */
record Order(long id, double price, @Length(8) String article) {}
