package io.zeroipc.cli;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Configuration files of Spring Boot in YAML, without Spring: documents one behind the other, of which the later ones win, those of
 * a profile only where it is asked for, and placeholders. Files that these import are not read.
 */
final class ConfigurationFiles {

    private static final String SEGMENTS = "zeroipc.segments";
    private static final String ON_PROFILE = "spring.config.activate.on-profile";
    private static final String IMPORT = "spring.config.import";
    private static final String DEFAULT_PROFILE = "default";
    private static final Pattern PROFILES = Pattern.compile("!?[^!&|(),\\s]+(\\s*,\\s*!?[^!&|(),\\s]+)*");
    private static final Pattern YES = Pattern.compile("(?i)yes|true|on");
    /** An alias of itself never ends. */
    private static final int DEPTH_MAX = 100;

    private final Set<String> profiles;
    private final Consumer<String> notes;
    private final Property all = new Property();

    private ConfigurationFiles(Set<String> profiles, Consumer<String> notes) {
        this.profiles = profiles;
        this.notes = notes;
    }

    /**
     * What all files say together, the later ones in front of the earlier ones, and {@code application-prod.yml} beside
     * {@code application.yml} in front of it with the profile {@code prod}.
     *
     * @param profiles none for the one that is called {@code default}
     * @param notes told what was left out
     */
    static Property read(List<Path> files, List<String> profiles, Consumer<String> notes) {
        List<String> active = profiles.isEmpty() ? List.of(DEFAULT_PROFILE) : profiles;
        ConfigurationFiles reader = new ConfigurationFiles(Set.copyOf(active), notes);
        files.forEach(reader::read);
        for (String profile : active) {
            for (Path file : files) {
                Path ofProfile = ofProfile(file, profile);
                if (Files.exists(ofProfile)) {
                    reader.read(ofProfile);
                }
            }
        }
        return reader.all;
    }

    private static Path ofProfile(Path file, String profile) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return file.resolveSibling(dot < 0
                ? name + "-" + profile
                : name.substring(0, dot) + "-" + profile + name.substring(dot));
    }

    private void read(Path file) {
        LoaderOptions options = new LoaderOptions();
        options.setMergeOnCompose(true);
        try {
            for (Node document : new Yaml(new SafeConstructor(options)).composeAll(
                    new StringReader(Files.readString(file)))) {
                add(document, file);
            }
        } catch (MarkedYAMLException e) {
            throw unreadable(file, e.getProblem() + (e.getProblemMark() == null
                    ? ""
                    : ", at=" + place(file,
                            e.getProblemMark().getLine())));
        } catch (YAMLException | IOException e) {
            throw unreadable(file, String.valueOf(e instanceof YAMLException ? e.getMessage() : e));
        }
    }

    private static UsageException unreadable(Path file, String reason) {
        return new UsageException("configuration cannot be read: path=" + file + ", reason=" + reason
                + " (expected: a file in YAML as the application has it, such as target/classes/application.yml)");
    }

    private void add(Node node, Path file) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL)) {
            return; // between two lines of dashes
        }
        if (!(node instanceof MappingNode)) {
            throw unreadable(file, "no properties, at=" + place(file, node.getStartMark().getLine()));
        }
        Property document = new Property();
        fill(document, node, file, 0);
        Property segments = document.find(SEGMENTS);
        Property profile = document.find(ON_PROFILE);
        if (profile != null && !isActive(profile, segments != null)) {
            if (segments != null) {
                notes.accept("left out: segments at " + segments.at() + ", which are those of the profile "
                        + profile.text() + " (--profile takes them)");
            }
            return;
        }
        Property imports = document.find(IMPORT);
        if (imports != null) {
            notes.accept("not read: " + IMPORT + "=" + imports.text() + " at " + imports.at() + " (--from reads it)");
        }
        all.merge(document);
    }

    private boolean isActive(Property property, boolean matters) {
        String text = String.valueOf(property.text());
        if (!PROFILES.matcher(text).matches()) {
            if (!matters) {
                return false;
            }
            throw new UsageException("profiles cannot be read: " + property.described()
                    + " (expected: names with commas between them, each with or without a !)");
        }
        for (String name : text.split("\\s*,\\s*", -1)) {
            if (name.startsWith("!") != profiles.contains(name.replace("!", ""))) {
                return true;
            }
        }
        return false;
    }

    private static void fill(Property property, Node node, Path file, int depth) {
        String place = place(file, node.getStartMark().getLine());
        if (depth > DEPTH_MAX) {
            throw unreadable(file, "more than " + DEPTH_MAX + " levels, or an alias of itself, at=" + place);
        }
        if (node instanceof MappingNode mapping) {
            for (NodeTuple each : mapping.getValue()) {
                fill(property.below(name(each.getKeyNode(), file), place(file,
                        each.getKeyNode().getStartMark().getLine())), each.getValueNode(), file, depth + 1);
            }
        } else if (node instanceof SequenceNode sequence) {
            property.beList();
            for (int i = 0; i < sequence.getValue().size(); i++) {
                fill(property.below("[" + i + "]", place), sequence.getValue().get(i), file, depth + 1);
            }
        } else if (node instanceof ScalarNode scalar) {
            property.write(text(scalar), place);
        }
    }

    /** What is no text as a key is one in brackets, as for Spring Boot. */
    private static String name(Node key, Path file) {
        if (!(key instanceof ScalarNode scalar)) {
            throw unreadable(file, "a key is no text, at=" + place(file, key.getStartMark().getLine()));
        }
        return scalar.getTag().equals(Tag.STR) ? scalar.getValue() : "[" + scalar.getValue() + "]";
    }

    private static String text(ScalarNode scalar) {
        if (scalar.getTag().equals(Tag.BOOL)) {
            return String.valueOf(YES.matcher(scalar.getValue()).matches());
        }
        return scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue();
    }

    private static String place(Path file, int line) {
        return file + ":" + (line + 1);
    }
}
