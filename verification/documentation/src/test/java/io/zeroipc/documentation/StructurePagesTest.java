package io.zeroipc.documentation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import io.zeroipc.collection.SharedMap;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/** The pages of the structures: there is one for each, its programs print what it shows, and its application starts. */
class StructurePagesTest {

    private static final String TABLE = "docs/guide/segments-and-structures.md";
    private static final String LANGUAGES = "docs/guide/other-languages.md";
    private static final String DIRECTORY = "docs/guide/structures/";
    private static final Pattern PROGRAM = Pattern.compile("public class (\\w+) .*public static void main\\(",
            Pattern.DOTALL);

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern CALL = Pattern.compile("(\\w+)\\(");

    static Stream<StructureType> structures() {
        return Catalog.types().stream();
    }

    static Stream<Snippet> programs() {
        return pages().flatMap(page -> Snippet.of(page).stream())
                .filter(snippet -> snippet.language().equals("java") && PROGRAM.matcher(snippet.text()).find());
    }

    static Stream<String> applications() {
        return pages().filter(page -> !configurations(page).isEmpty());
    }

    private static Stream<String> pages() {
        return Pages.all().filter(page -> page.startsWith(DIRECTORY));
    }

    private static List<Snippet> configurations(String page) {
        return Snippet.of(page).stream().filter(snippet -> snippet.language().equals("yaml")).toList();
    }

    /** From the table that says which structure is for what, from the front page, and from the bytes. */
    @ParameterizedTest
    @MethodSource("structures")
    void shouldHaveAPageThatIsFoundWhenItIsInTheCatalogue(StructureType type) {
        String label = type.kind().label();
        Matcher link = Pattern.compile("\\[`" + label + "`]\\(structures/([\\w.]+(#[\\w-]+)?)\\)")
                .matcher(Repository.read(TABLE));
        assertThat(link.find()).as("link to the page of " + label + " in " + TABLE).isTrue();
        String target = link.group(1);
        String page = DIRECTORY + target.replaceFirst("#.*", "");

        assertThat(Repository.read("README.md")).contains("](" + DIRECTORY + target + ")");
        assertThat(Repository.read("docs/format/" + label + ".md")).contains("](../guide/structures/" + target + ")");
        assertThat(Repository.read(page)).contains("](../../format/" + label + ".md");
        assertThat(configurations(page)).as("declares it")
                .anySatisfy(
                        configuration -> assertThat(configuration.text()).containsPattern("type: " + label + "\\b"));
        assertThat(Snippet.of(page)).as("uses it")
                .filteredOn(snippet -> snippet.language().equals("java"))
                .anySatisfy(java -> assertThat(java.text())
                        .containsPattern("\\b" + type.structureClass().getSimpleName() + "\\b"));
    }

    @Test
    void shouldBeNamedByTheAnnotationOfListenersWhenElementsArriveAtIt() {
        String source = Repository
                .read("zeroipc-spring/src/main/java/io/zeroipc/spring/annotation/ChannelListener.java");

        assertThat(structures().filter(type -> Source.class.isAssignableFrom(type.structureClass()))).isNotEmpty()
                .allSatisfy(type -> assertThat(source).contains("{@code " + type.kind().label() + "}"));
    }

    @Test
    void shouldStandBesideTheOriginalsNamesWhenItIsInTheCatalogue() {
        assertThat(structures()).allSatisfy(type -> assertThat(Repository.read(LANGUAGES))
                .contains("[`" + type.structureClass().getSimpleName()));
    }

    @Test
    void shouldHaveTheMethodsWhenTheyStandBesideTheOriginalsNames() {
        Map<String, Class<?>> classes = structures()
                .collect(Collectors.toMap(type -> type.structureClass().getSimpleName(),
                        StructureType::structureClass));
        classes.put("Segment", Segment.class);

        assertThat(Pages.rows(LANGUAGES, "| of | ZeroIPC | here |")).isNotEmpty()
                .allSatisfy(row -> assertThat(methodsOf(Set.of(classes.get(row.getFirst().replace("`", "")))))
                        .as(row.toString())
                        .containsAll(calls(row.getLast())));
    }

    /** All that can be called on the structures of the page, and on what they hand out. */
    @ParameterizedTest
    @MethodSource("applications")
    void shouldHaveTheMethodsWhenATableNamesThem(String page) {
        String text = Repository.read(page);
        Set<Class<?>> structures = structures()
                .filter(type -> text.contains("](../../format/" + type.kind().label() + ".md"))
                .map(StructureType::structureClass)
                .collect(Collectors.toSet());

        assertThat(Pages.rows(page, "| you want | call |")).isNotEmpty()
                .allSatisfy(row -> assertThat(methodsOf(structures)).as(row.toString())
                        .containsAll(calls(row.getLast())));
    }

    private static List<String> calls(String cell) {
        return CODE.matcher(cell)
                .results()
                .flatMap(code -> CALL.matcher(code.group(1)).results())
                .map(call -> call.group(1))
                .toList();
    }

    private static Set<String> methodsOf(Set<? extends Class<?>> types) {
        Set<Class<?>> reached = new HashSet<>(types);
        Deque<Class<?>> todo = new ArrayDeque<>(types);
        Set<String> names = new HashSet<>();
        while (!todo.isEmpty()) {
            for (Method method : todo.remove().getMethods()) {
                names.add(method.getName());
                Class<?> result = method.getReturnType();
                if (result.getName().startsWith("io.zeroipc.") && reached.add(result)) {
                    todo.add(result);
                }
            }
        }
        return names;
    }

    @ParameterizedTest
    @MethodSource("programs")
    void shouldPrintWhatFollowsWhenAPageShowsAProgram(Snippet program, @TempDir Path classes) throws Exception {
        List<Snippet> all = Snippet.of(program.page());
        Snippet output = all.get(all.indexOf(program) + 1);
        assertThat(output.language()).as("block behind " + program).isEqualTo("text");

        assertThat(run(program, classes)).isEqualToNormalizingNewlines(output.text());
    }

    /** As it stands, but in a segment of its own. */
    private static String run(Snippet program, Path classes) throws Exception {
        String unique = UUID.randomUUID() + "-";
        Matcher name = PROGRAM.matcher(program.text());
        assertThat(name.find()).isTrue();
        JavaSnippets.compileAsIs(List.of(program.inSegmentsOfItsOwn(unique)), classes);
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass(name.group(1)).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(console);
            deleteSegments(unique);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static void deleteSegments(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(Segment.defaultDirectory())) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith(prefix)).toList()) {
                Files.delete(file);
            }
        }
    }

    /** With the components of the page, which get what they ask for. */
    @ParameterizedTest
    @MethodSource("applications")
    void shouldStartWhenAPageConfiguresStructures(String page, @TempDir Path classes, @TempDir Path segments)
            throws Exception {
        try (PageApplication application = PageApplication.start(page, classes, segments, Map.of())) {
            ConfigurableApplicationContext context = application.context();
            ZeroIpcProperties properties = context.getBean(ZeroIpcProperties.class);
            properties.segments()
                    .forEach((segment, declared) -> declared.structures()
                            .forEach((name, structure) -> assertThat(context.getBean(segment + "." + name))
                                    .isInstanceOf(
                                            Catalog.find(structure.type()).orElseThrow().structureClass())));
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void shouldSayWhatThePageSaysWhenNothingArrivesAtAStructure(CapturedOutput console, @TempDir Path segments) {
        String said = Snippet.of(TABLE)
                .stream()
                .filter(snippet -> snippet.language().equals("text"))
                .findFirst()
                .orElseThrow()
                .text();

        assertThatException().isThrownBy(() -> new SpringApplicationBuilder(PageApplication.Main.class, LimitLog.class)
                .web(WebApplicationType.NONE)
                .properties("zeroipc.base-directory=" + segments,
                        "zeroipc.segments.plant.structures.limits.type=map",
                        "zeroipc.segments.plant.structures.limits.element-type=float64",
                        "zeroipc.segments.plant.structures.limits.options.key=int32",
                        "zeroipc.segments.plant.structures.limits.capacity=16")
                .run());

        assertThat(console.getAll()).contains(said.strip());
    }

    static class LimitLog {

        @ChannelListener(id = "limit-log", channels = "plant/limits")
        void on(double limit) {
            throw new AssertionError(SharedMap.KIND + " has no arrivals, and this came: " + limit);
        }
    }
}
