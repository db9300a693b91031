package io.zeroipc.spring.boot;

import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What is optional is forced on nobody, and can really be absent: each time in a JVM that does not have it. */
class OptionalTechnologyTests {

    private static final Set<String> ENDPOINTS = Set.of("zeroIpcEndpoint", "channelListenersEndpoint",
            "zeroIpcInfoContributor");
    private static final Set<String> HEALTH = Set.of("zeroipcHealthContributor", "channellistenersHealthContributor");
    private static final Set<String> METERS = Set.of("segmentMetrics", "listenerMetrics");
    private static final Set<String> OBSERVATIONS = Set.of("zeroIpcObservations");

    /** The jars that come with the starter, by the beginning of their names. */
    private static final List<String> STARTER = List.of("spring-boot-4", "spring-boot-autoconfigure-4", "spring-core-",
            "spring-beans-", "spring-aop-", "spring-context-", "spring-expression-", "spring-messaging-",
            "micrometer-observation-", "micrometer-commons-", "commons-logging-", "jspecify-", "snakeyaml-", "logback-",
            "slf4j-api-", "log4j-", "jul-to-slf4j-", "jakarta.annotation-api-");

    @TempDir
    private Path directory;

    @Test
    void starterForcesNoOptionalTechnology() throws Exception {
        assertThat(dependencies("zeroipc-spring-boot-starter")).containsExactly("spring-boot-starter", "zeroipc-core",
                "zeroipc-spring-boot-autoconfigure");
        assertThat(dependencies("zeroipc-spring-boot-autoconfigure")).containsExactly("spring-boot",
                "spring-boot-autoconfigure", "zeroipc-spring");
        assertThat(dependencies("zeroipc-spring")).containsExactly("spring-context", "spring-messaging",
                "zeroipc-core");
        assertThat(Repository.root().resolve("zeroipc-spring-boot-starter/src")).doesNotExist();
    }

    @Test
    @Tag("process")
    void applicationWhenItHasOnlyTheStarterWorks() throws Exception {
        assertThat(optionalBeans(jar -> STARTER.stream().anyMatch(jar::startsWith))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @Tag("process")
    void applicationWhenOneIsAbsentHasTheOthers(String absent, Set<String> missing) throws Exception {
        List<String> prefixes = List.of(absent.split(","));
        Set<String> expected = new TreeSet<>(METERS);
        expected.addAll(OBSERVATIONS);
        expected.addAll(HEALTH);
        expected.addAll(ENDPOINTS);
        expected.removeAll(missing);
        assertThat(optionalBeans(jar -> prefixes.stream().noneMatch(jar::startsWith))).isEqualTo(expected);
    }

    static Stream<Arguments> applicationWhenOneIsAbsentHasTheOthers() {
        return Stream.of(arguments("none", Set.of()), arguments("micrometer-core-,micrometer-jakarta9-", METERS),
                arguments("spring-boot-micrometer-metrics-", METERS),
                // Boot's module of meters needs that of observations.
                arguments("spring-boot-micrometer-observation-,spring-boot-micrometer-metrics-",
                        Stream.concat(OBSERVATIONS.stream(), METERS.stream()).collect(Collectors.toSet())),
                arguments("spring-boot-health-", HEALTH),
                arguments("spring-boot-actuator", ENDPOINTS),
                arguments("spring-boot-jackson-,jackson-", Set.of()),
                arguments("spring-boot-validation-,hibernate-validator-,jakarta.validation-", Set.of()));
    }

    /** Runs the application with the jars that are wanted, and the classes of this build. */
    private Set<String> optionalBeans(Predicate<String> jars) throws InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith(".jar") || entry.contains("zeroipc-")
                        || jars.test(Path.of(entry).getFileName().toString()))
                .collect(Collectors.joining(File.pathSeparator));
        try (PeerProcess child = PeerProcess.of(MinimalApplication.class)
                .withClassPath(classPath)
                .withArguments("--zeroipc.base-directory=" + directory,
                        "--zeroipc.segments.market.structures.orders.type=queue",
                        "--zeroipc.segments.market.structures.orders.element-type=int32",
                        "--zeroipc.segments.market.structures.orders.capacity=8",
                        "--management.endpoints.jmx.exposure.include=*", "--spring.jmx.enabled=true",
                        "--management.endpoints.web.exposure.include=*")
                .start()) {
            int status = child.join();
            assertThat(status).as(child.toString()).isZero();
            assertThat(child.output()).contains("done");
            return child.output()
                    .stream()
                    .filter(line -> line.endsWith("=true"))
                    .map(line -> line.substring(0, line.indexOf('=')))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** What a module brings along for everybody who depends on it. */
    private static Set<String> dependencies(String module) throws Exception {
        Element project = parse(Repository.read(module + "/pom.xml"));
        Set<String> names = new TreeSet<>();
        for (Element list : children(project, "dependencies")) {
            for (Element dependency : children(list, "dependency")) {
                boolean optional = children(dependency, "optional").stream()
                        .anyMatch(element -> element.getTextContent().equals("true"));
                boolean test = children(dependency, "scope").stream()
                        .anyMatch(element -> element.getTextContent().equals("test"));
                if (!optional && !test) {
                    names.add(children(dependency, "artifactId").getFirst().getTextContent());
                }
            }
        }
        return names;
    }

    private static Element parse(String xml) throws Exception {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml)))
                    .getDocumentElement();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> result = new ArrayList<>();
        NodeList nodes = parent.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element && element.getTagName().equals(name)) {
                result.add(element);
            }
        }
        return result;
    }
}
