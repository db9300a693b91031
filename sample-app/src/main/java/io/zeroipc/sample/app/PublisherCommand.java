package io.zeroipc.sample.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.zeroipc.sample.SampleApplication;

/**
 * How to start this application a second time, as the publisher: the same Java, and the same executable jar or class
 * path, whatever started this one.
 */
final class PublisherCommand {

    private PublisherCommand() {
    }

    /**
     * @param segment the segment's file
     * @param more what to add to the command line
     */
    static ProcessBuilder of(Path segment, List<String> more) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It takes ten samples a second: one compiler and one collector thread are plenty.
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx48m"));
        String classPath = System.getProperty("java.class.path");
        if (isExecutableJar()) {
            command.addAll(List.of("-jar", classPath));
        } else {
            if (SampleApplication.class.getModule().isNativeAccessEnabled()) {
                command.add("--enable-native-access=ALL-UNNAMED");
            }
            command.add(SampleApplication.class.getName());
        }
        command.addAll(List.of("--publisher", "--parent=" + ProcessHandle.current().pid(), "--segment=" + segment));
        command.addAll(more);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (!isExecutableJar()) {
            // A class path has no limit here, and process listings stay readable.
            builder.environment().put("CLASSPATH", classPath);
        }
        return builder;
    }

    private static boolean isExecutableJar() {
        return SampleApplication.class.getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()
                .startsWith("jar:nested:");
    }
}
