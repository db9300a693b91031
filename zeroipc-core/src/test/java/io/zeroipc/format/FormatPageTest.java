package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the field tables of docs/format with the layouts of the descriptors: every {@code XDescriptor} of this
 * package is found, its page is {@code docs/format/x.md}, and each of its layouts has a table under a heading that is
 * the layout's name.
 */
class FormatPageTest {

    private static final String SUFFIX = "Descriptor";

    static Stream<Arguments> layouts() throws Exception {
        Path classes = Path.of(SegmentDescriptor.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolve("io/zeroipc/format");
        List<Arguments> arguments = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (name.endsWith(SUFFIX)) {
                    addLayouts(Class.forName("io.zeroipc.format." + name), arguments);
                }
            }
        }
        return arguments.stream();
    }

    private static void addLayouts(Class<?> descriptor, List<Arguments> arguments) throws IllegalAccessException {
        String page = descriptor.getSimpleName().replace(SUFFIX, "").toLowerCase(java.util.Locale.ROOT);
        int before = arguments.size();
        for (Field field : descriptor.getDeclaredFields()) {
            if (field.getType() == StructLayout.class && Modifier.isPublic(field.getModifiers())) {
                StructLayout layout = (StructLayout) field.get(null);
                arguments.add(Arguments.of(page, layout.name().orElseThrow(), layout));
            }
        }
        assertThat(arguments.size()).as("public layouts of %s", descriptor).isGreaterThan(before);
    }

    @ParameterizedTest(name = "{0}.md: {1}")
    @MethodSource("layouts")
    void shouldListTheFieldsOfTheLayoutWhenThePageDescribesIt(String page, String heading, StructLayout layout) {
        assertThat(documented(page, heading)).isEqualTo(fields(layout));
    }

    private static List<String> fields(StructLayout layout) {
        List<String> fields = new ArrayList<>();
        for (MemoryLayout member : layout.memberLayouts()) {
            if (!(member instanceof PaddingLayout)) {
                String name = member.name().orElseThrow();
                fields.add(
                        layout.byteOffset(PathElement.groupElement(name)) + " | " + member.byteSize() + " | " + name);
            }
        }
        return fields;
    }

    /** The first three columns of the rows below a heading; rows whose offset is an expression are prose. */
    private static List<String> documented(String page, String heading) {
        List<String> fields = new ArrayList<>();
        boolean inside = false;
        for (String line : Repository.read("docs/format/" + page + ".md").lines().toList()) {
            if (line.startsWith("#")) {
                inside = line.replaceFirst("^#+ ", "").equals(heading);
            } else if (inside && line.matches("\\| *[0-9]+ *\\|.*")) {
                String[] cells = line.split("\\|");
                fields.add(cells[1].strip() + " | " + cells[2].strip() + " | " + cells[3].strip());
            }
        }
        return fields;
    }
}
