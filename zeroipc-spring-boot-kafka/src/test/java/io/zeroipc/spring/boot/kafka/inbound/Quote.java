package io.zeroipc.spring.boot.kafka.inbound;

/** What travels in these tests. */
record Quote(long number, double price) {}
