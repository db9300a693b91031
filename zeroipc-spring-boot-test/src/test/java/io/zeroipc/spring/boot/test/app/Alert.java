package io.zeroipc.spring.boot.test.app;

/** What the tests of this module send. */
public record Alert(int level, double value) {}
