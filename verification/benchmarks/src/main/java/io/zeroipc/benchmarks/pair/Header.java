package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What every file begins with: on what, with what and by which command its figures came to be. */
record Header(String processor, String machine, String software, String versions, String command) {

    static Header of(Options options) {
        String processor = processorName();
        return new Header(processor, Runtime.getRuntime().availableProcessors() + " processors, "
                + processor + ", memory "
                + Processors.find(Path.of("/proc/meminfo"), "MemTotal") + "; processes "
                + Processors.placement(options.cpus),
                system() + ", "
                        + String.join(" ", Jvm.OPTIONS.subList(0, 4)),
                libraries(),
                "java -cp benchmarks.jar " + Pair.class.getName() + " " + options.command + "   # "
                        + LocalDate.now(ZoneOffset.UTC));
    }

    static String processorName() {
        String processor = Processors.find(Path.of("/proc/cpuinfo"), "model name");
        return processor.isEmpty() ? System.getProperty("os.arch") : processor;
    }

    static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("java.vm.name") + " " + Runtime.version();
    }

    List<String> lines() {
        return List.of("machine: " + machine, "software: " + software, "versions: " + versions, "command: " + command);
    }

    private static String libraries() {
        Properties versions = new Properties();
        try (InputStream in = Header.class.getResourceAsStream("versions.properties")) {
            if (in != null) {
                versions.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TreeSet<>(versions.stringPropertyNames()).stream()
                .map(name -> name + " " + versions.getProperty(name))
                .collect(Collectors.joining(", "));
    }
}
