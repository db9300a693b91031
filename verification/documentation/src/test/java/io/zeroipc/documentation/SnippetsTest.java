package io.zeroipc.documentation;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ByteArrayResource;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties;
import io.zeroipc.spring.core.StructureMode;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a reader copies from a page works as far as a machine can tell. */
class SnippetsTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    static Stream<String> pagesWithJava() {
        return Pages.all().filter(page -> !javaOf(page).isEmpty());
    }

    static Stream<Snippet> configurations() {
        return Pages.all()
                .flatMap(page -> Snippet.of(page).stream())
                .filter(snippet -> snippet.language().equals("yaml") && snippet.text().startsWith("zeroipc:"))
                // Bridges are properties of another module, whose own tests bind them.
                .filter(snippet -> !snippet.text().contains("\n  bridges:"));
    }

    static Stream<String> pages() {
        return Pages.all();
    }

    private static List<Snippet> javaOf(String page) {
        // Applications with other frameworks have classes of the same names: ComingFromTest compiles each by itself. Flows need
        // more than this module has: IntegrationGuideTests runs them.
        return Snippet.of(page)
                .stream()
                .filter(snippet -> snippet.language().equals("java")
                        && !snippet.file().matches("(kafka|rabbit)/.*|src/main/java/plant/.*"))
                .toList();
    }

    /** The classes of a page may use each other. */
    @ParameterizedTest
    @MethodSource("pagesWithJava")
    void shouldCompileWhenAPageShowsJava(String page, @TempDir Path target) {
        JavaSnippets.compilePage(javaOf(page), target);
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void shouldBindWithoutARestWhenABlockConfiguresSegments(Snippet snippet) throws Exception {
        MutablePropertySources sources = new MutablePropertySources();
        new YamlPropertySourceLoader()
                .load(snippet.toString(), new ByteArrayResource(snippet.text().getBytes(StandardCharsets.UTF_8)))
                .forEach(sources::addFirst);

        ZeroIpcProperties properties = new Binder(ConfigurationPropertySources.from(sources))
                .bind("zeroipc", Bindable.of(ZeroIpcProperties.class),
                        new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
                .get();

        assertThat(properties.segments().values()).allSatisfy(segment -> assertThat(segment.structures().values())
                .allSatisfy(structure -> assertThat(structure.type() != null || structure.mode() == StructureMode.OPEN)
                        .isTrue()));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void shouldLeadSomewhereWhenAPageHasALink(String page) {
        Path here = Repository.root().resolve(page);

        assertThat(LINK.matcher(Repository.read(page)).results()).as(page).allSatisfy(link -> {
            Path there = link.group(1).isEmpty() ? here : here.resolveSibling(link.group(1)).normalize();
            assertThat(there).exists();
            if (link.group(2) != null) {
                assertThat(anchors(Files.readString(there))).as(link.group()).contains(link.group(2));
            }
        });
    }

    /** As the usual web sites make them from headings. */
    private static Stream<String> anchors(String page) {
        return HEADING.matcher(page)
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{Alnum} _-]", "")
                        .replace(' ', '-'));
    }
}
