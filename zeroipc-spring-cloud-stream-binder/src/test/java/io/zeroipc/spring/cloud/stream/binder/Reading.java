package io.zeroipc.spring.cloud.stream.binder;

/**
 * A record that travels as its bytes.
 *
 * @param sensor its number
 * @param value what it shows
 */
public record Reading(int sensor, double value) {}
