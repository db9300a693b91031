package io.zeroipc.sample.host;

import java.util.List;

import io.zeroipc.sample.Telemetry.Load;
import io.zeroipc.sample.Telemetry.Memory;
import io.zeroipc.sample.Telemetry.Traffic;

/**
 * What one reading of the machine yields. Figures it does not tell are NaN, or -1 where they are whole numbers.
 *
 * @param cpu busy share of all cores, 0 to 1
 * @param cores busy share of each core, 0 to 1; empty when only the total is known
 */
public record Figures(double cpu, List<Double> cores, Load load, Memory memory, Traffic network, Traffic disk) {

    public Figures {
        cores = List.copyOf(cores);
    }
}
