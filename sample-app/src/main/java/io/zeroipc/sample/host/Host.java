package io.zeroipc.sample.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine this runs on. Not thread-safe: rates are differences between one reading and earlier ones. */
public interface Host {

    /**
     * The figures now; rates are over the last second, or since the start when that is less.
     *
     * @throws IOException when the machine stopped telling them
     */
    Figures read() throws IOException;

    /** Where the figures come from, to be shown to the user. */
    String describe();

    /** This machine: its {@code /proc} where there is one, otherwise what the JDK knows. */
    static Host here() throws IOException {
        return at(Path.of("/proc"));
    }

    /** As {@link #here()}, with {@code /proc} elsewhere. */
    static Host at(Path proc) throws IOException {
        boolean readable = Files.isReadable(proc.resolve("stat")) && Files.isReadable(proc.resolve("meminfo"));
        return readable ? new ProcHost(proc, System::nanoTime) : new JdkHost(proc);
    }
}
