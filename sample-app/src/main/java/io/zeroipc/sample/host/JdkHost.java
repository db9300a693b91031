package io.zeroipc.sample.host;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;

import io.zeroipc.sample.Telemetry.Load;
import io.zeroipc.sample.Telemetry.Memory;
import io.zeroipc.sample.Telemetry.Traffic;

/** A machine without {@code /proc}, such as macOS or Windows: the JDK knows the total load and the memory. */
final class JdkHost implements Host {

    private static final Traffic UNKNOWN = new Traffic(Double.NaN, Double.NaN);

    private final Path missing;
    private final OperatingSystemMXBean system;

    JdkHost(Path missing) {
        this.missing = missing;
        this.system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }

    @Override
    public Figures read() {
        double cpu = system.getCpuLoad();
        double load = system.getSystemLoadAverage();
        return new Figures(cpu < 0 ? Double.NaN : cpu, List.of(),
                new Load(load < 0 ? Double.NaN : load, Double.NaN, Double.NaN),
                new Memory(system.getTotalMemorySize(), system.getFreeMemorySize()), UNKNOWN, UNKNOWN);
    }

    @Override
    public String describe() {
        return "the JDK: there is no " + missing
                + " on this machine, so figures of single cores, network and disk are missing";
    }
}
