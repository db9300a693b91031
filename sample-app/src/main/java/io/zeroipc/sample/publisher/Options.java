package io.zeroipc.sample.publisher;

import java.util.OptionalLong;

import io.zeroipc.sample.TelemetrySegment;

/**
 * The publisher's command line.
 *
 * @param segment a name ({@code zeroipc-telemetry}) or the path of a file ({@code /tmp/zeroipc-telemetry})
 * @param parent the process that started this one and whose end ends it; none when it was started by hand
 * @param cpuLimit busy share of all cores that raises an alert
 * @param memoryLimit used share of main memory that raises an alert
 */
record Options(String segment, OptionalLong parent, double cpuLimit, double memoryLimit) {

    static final String USAGE = "options: --publisher [--segment=<name or path>] [--cpu-limit=<0..1>]"
            + " [--memory-limit=<0..1>]";

    /**
     * @throws IllegalArgumentException with a message for the user
     */
    static Options parse(String... args) {
        String segment = TelemetrySegment.NAME;
        OptionalLong parent = OptionalLong.empty();
        double cpuLimit = 0.9;
        double memoryLimit = 0.9;
        for (String arg : args) {
            int equals = arg.indexOf('=');
            String name = equals < 0 ? arg : arg.substring(0, equals);
            String value = equals < 0 ? "" : arg.substring(equals + 1);
            try {
                switch (name) {
                    case "--publisher" -> {
                        // What brought us here.
                    }
                    case "--segment" -> segment = value;
                    case "--parent" -> parent = OptionalLong.of(Long.parseLong(value));
                    case "--cpu-limit" -> cpuLimit = Double.parseDouble(value);
                    case "--memory-limit" -> memoryLimit = Double.parseDouble(value);
                    default -> throw new IllegalArgumentException("unknown option: " + arg + " (" + USAGE + ")");
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("not a number: " + arg + " (" + USAGE + ")", e);
            }
        }
        return new Options(segment, parent, cpuLimit, memoryLimit);
    }
}
