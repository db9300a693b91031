package io.zeroipc.codec;

import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles programs that a test writes, and runs those of other languages. */
final class Sources {

    private static final long TIMEOUT_SECONDS = 120;

    private Sources() {
    }

    /** Compiles Java sources against the engine into a directory. Each begins with the name of its file. */
    static void compileJava(Path directory, JavaSource... sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options = List.of("-proc:none", "-d", directory.toString(), "-cp", engine().toString());
        boolean compiled = compiler.getTask(messages, null, null, options, null, Arrays.asList(sources)).call();
        if (!compiled) {
            throw new AssertionError(messages.toString());
        }
    }

    /** Where the classes of the engine are. */
    static Path engine() {
        try {
            return Path.of(Codec.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static URLClassLoader loader(Path directory, ClassLoader parent) {
        try {
            return new URLClassLoader(new URL[] {directory.toUri().toURL()}, parent);
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Class<? extends Record> load(ClassLoader loader, String name) {
        try {
            return (Class<? extends Record>) loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** The output of a command; fails with what it printed when it does not end with status 0. */
    static String run(Path directory, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + Files.readString(output));
            }
            return Files.readString(output);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Compiles a C++ program and returns what it prints. */
    static String runCpp(Path compiler, Path directory, String program, String... arguments)
            throws IOException, InterruptedException {
        Files.writeString(directory.resolve("program.cpp"), program);
        run(directory, compiler.toString(), "-std=c++17", "-Wall", "-Werror", "-o", "program", "program.cpp");
        List<String> command = new ArrayList<>(List.of(directory.resolve("program").toString()));
        command.addAll(Arrays.asList(arguments));
        return run(directory, command.toArray(String[]::new));
    }

    /** A Java source in memory. */
    static final class JavaSource extends SimpleJavaFileObject {

        private final String text;

        JavaSource(String fileName, String text) {
            super(URI.create("string:///" + fileName), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
