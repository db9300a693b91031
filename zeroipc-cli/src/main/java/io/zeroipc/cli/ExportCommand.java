package io.zeroipc.cli;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.ElementSchema;
import io.zeroipc.PrintableText;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.segment.OwnerRule;
import io.zeroipc.segment.Segment;

/** The types of elements in other languages. */
@Command(name = "export", mixinStandardHelpOptions = true,
        description = {"Writes the types of elements as source text, with a layout that compilers check.",
                "Those of a segment's structures, or with --class-path and --type those of an application's records, or with --from "
                        + "those of a segment that an application's configuration declares."},
        footer = {"  zeroipc export lab --language cpp -o lab.hpp",
                "  zeroipc export lab history --language java --package com.acme -o Tick.java",
                "  zeroipc export --class-path target/classes --type com.acme.Tick --language python -o tick.py",
                "  zeroipc export --from target/classes/application.yml --class-path target/classes market -l rust -o market.rs"})
final class ExportCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", arity = "0..1", paramLabel = "SEGMENT",
            description = "Name in the directory, or path of a file; none with --type. With --from a key of zeroipc.segments, "
                    + "or nothing where there is one.")
    private @Nullable String segment;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "STRUCTURE",
            description = "Only the types of these; those of all by default.")
    private List<String> structures = List.of();

    @Option(names = "--dir", paramLabel = "DIR", description = "Directory of names; /dev/shm by default.")
    private @Nullable Path directory;

    @Option(names = {"-l", "--language"}, required = true, paramLabel = "LANGUAGE", converter = ToLanguage.class,
            completionCandidates = Labels.class, description = "One of ${COMPLETION-CANDIDATES}.")
    private Language language;

    @Option(names = "--package", paramLabel = "PACKAGE",
            description = "Package of Java, namespace of C++, prefix of C: com.acme. The others have none.")
    private @Nullable String packageName;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE",
            description = "File to write, in one step, unless it has this text already; standard output by default.")
    private @Nullable Path output;

    @Option(names = "--class-path", paramLabel = "PATH",
            description = "Where records are: directories and archives, as for java.")
    private @Nullable String classPath;

    @Option(names = "--type", paramLabel = "TYPE",
            description = "A record on the class path; more than once for several.")
    private List<String> types = List.of();

    @Option(names = "--types-only",
            description = "Types without the code that reads and writes the segment's structures.")
    private boolean typesOnly;

    @Option(names = "--from", paramLabel = "YAML",
            description = "Configuration of an application, application.yml; more than once for several, of which the later "
                    + "ones win. Records are those on the class path.")
    private List<Path> configurations = List.of();

    @Option(names = "--profile", split = ",", paramLabel = "PROFILE",
            description = "Profile whose documents of the configuration count, too.")
    private List<String> profiles = List.of();

    @Option(names = "--json", description = "Changes nothing: types are no JSON.")
    @SuppressWarnings("unused") // accepted by every command
    private boolean json;

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Export export = export().inPackage(packageName);
        if (typesOnly) {
            export = export.typesOnly();
        }
        if (output == null) {
            export.source(language).lines().map(PrintableText::of).forEach(terminal::line);
        } else {
            String file = String.valueOf(output.getFileName());
            int dot = file.indexOf('.');
            write(export.named(dot < 0 ? file : file.substring(0, dot)).source(language), output);
        }
        return ZeroIpc.DONE;
    }

    private Export export() throws IOException {
        if (!configurations.isEmpty()) {
            return ofConfiguration();
        }
        if (!profiles.isEmpty()) {
            throw new UsageException("profile is given without a configuration: profile=" + String.join(",", profiles)
                    + " (expected: --from with it)");
        }
        if ((segment == null) == types.isEmpty()) {
            throw new UsageException("types of what? (expected: a SEGMENT, --type with a record, or --from with a"
                    + " configuration)");
        }
        if (segment == null) {
            return ofRecords();
        }
        if (classPath != null) {
            throw new UsageException("class path is given without a record: segment=" + segment
                    + " (expected: --type instead of the segment, or --from with a configuration)");
        }
        try (Segment opened = Target.builder(segment, directory).owner(OwnerRule.ANY).openReadOnly()) {
            return Export.of(opened, structures);
        }
    }

    private Export ofConfiguration() throws IOException {
        if (!types.isEmpty()) {
            throw new UsageException("a configuration and records are given: --from=" + configurations.getFirst()
                    + ", --type=" + types.getFirst() + " (expected: one of them)");
        }
        Property configuration = ConfigurationFiles.read(configurations, profiles, terminal::note);
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = classes()) {
            // Names of records stand in options of structures too, which are read by those that know them.
            Thread.currentThread().setContextClassLoader(loader);
            return DeclaredSegment.of(configuration, segment).export(structures, terminal::note);
        } finally {
            Thread.currentThread().setContextClassLoader(context);
        }
    }

    private URLClassLoader classes() throws MalformedURLException {
        return new URLClassLoader(urls(classPath == null ? "." : classPath), ExportCommand.class.getClassLoader());
    }

    private Export ofRecords() throws IOException {
        SequencedMap<String, ElementSchema> elements = new LinkedHashMap<>();
        try (URLClassLoader loader = classes()) {
            for (String type : types) {
                ElementSchema schema = Codecs.forType(type, loader).schema();
                elements.put(schema.typeName(), schema);
            }
        }
        // As a test in Java has it that compares the file with the classes.
        return Export.of(String.join(", ",
                elements.keySet()
                        .stream()
                        .map(type -> type.substring(type.lastIndexOf('$') + 1))
                        .map(type -> type.substring(type.lastIndexOf('.') + 1))
                        .toList()),
                elements);
    }

    private static URL[] urls(String classPath) throws MalformedURLException {
        String[] parts = classPath.split(File.pathSeparator, -1);
        URL[] urls = new URL[parts.length];
        for (int i = 0; i < parts.length; i++) {
            Path path = Path.of(parts[i]);
            if (!Files.exists(path)) {
                throw new UsageException("class path does not exist: path=" + path
                        + " (expected: directories with classes, or archives)");
            }
            urls[i] = path.toUri().toURL();
        }
        return urls;
    }

    /** A build that looks at times goes on only where something has changed. */
    private static void write(String text, Path file) {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid()
                + ".tmp");
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            if (Files.exists(target) && Arrays.equals(Files.readAllBytes(target), bytes)) {
                return;
            }
            try {
                Files.write(temporary, bytes);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new ZeroIpcException("cannot write types: path=" + target + ", reason=" + e
                    + " (expected: a directory that exists and is writable)", e);
        }
    }

    /** A label, as the help has them. */
    static final class ToLanguage implements CommandLine.ITypeConverter<Language> {

        @Override
        public Language convert(String text) {
            return Language.of(text)
                    .orElseThrow(() -> new CommandLine.TypeConversionException(
                            "'" + text + "' is no language (expected: " + Language.labels() + ")"));
        }
    }

    /** What a shell proposes. */
    static final class Labels implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return Stream.of(Language.values()).map(Language::label).iterator();
        }
    }
}
