package io.zeroipc.sample;

/**
 * Who is the main instance of the application: the one that runs the publisher and takes the alerts.
 *
 * @param process its id
 * @param port where its web server listens; 0 until it does
 * @param since epoch nanoseconds, UTC
 */
public record Instance(long process, int port, long since) {}
