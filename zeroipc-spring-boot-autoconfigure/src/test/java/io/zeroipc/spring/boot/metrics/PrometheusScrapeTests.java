package io.zeroipc.spring.boot.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.spring.boot.autoconfigure.observation.ZeroIpcObservationAutoConfiguration;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** What Prometheus sees of an application with listeners of all types on channels of all kinds. */
class PrometheusScrapeTests {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    private static final Pattern METER = Pattern.compile("zeroipc_\\w+");
    private static final Pattern LABELS = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern WORD = Pattern.compile("\\w+");

    @TempDir
    private Path directory;

    @Test
    void scrapeWhenAllTypesOfListenersAreMixedHasOneSetOfTagKeysForEachMeter() {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<String> refused = new ArrayList<>();
        meters.config().onMeterRegistrationFailed((id, reason) -> refused.add(id + ": " + reason));
        MeteredApplication.runner(directory, meters).run(context -> {
            MeteredApplication.use(context);
            Map<String, Set<Set<String>>> keys = keysByName(meters.scrape());
            assertThat(refused).isEmpty();
            assertThat(keys).allSatisfy((name, sets) -> assertThat(sets).as(name).hasSize(1));
            assertThat(keys).containsEntry("zeroipc_segment_size_bytes", Set.of(Set.of("segment")))
                    .containsEntry("zeroipc_structure_size_elements", Set.of(Set.of("segment", "structure", "type")))
                    .containsEntry("zeroipc_structure_operations_total",
                            Set.of(Set.of("segment", "structure", "type", "operation", "outcome")))
                    .containsEntry("zeroipc_listener_messages_total", Set.of(Set.of("id", "channel", "outcome")))
                    .containsEntry("zeroipc_listener_batch_size_messages_count", Set.of(Set.of("id", "channel")))
                    .containsEntry("zeroipc_listener_lag_elements", Set.of(Set.of("id", "channel")))
                    .containsEntry("zeroipc_listener_state", Set.of(Set.of("id", "state")));
        });
    }

    private ApplicationContextRunner observedBy(PrometheusMeterRegistry meters) {
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        return MeteredApplication.runner(directory, meters)
                .withConfiguration(AutoConfigurations.of(ZeroIpcObservationAutoConfiguration.class))
                .withBean(ObservationRegistry.class, () -> observations);
    }

    @Test
    void scrapeWhenListenersAreObservedHasOneSetOfTagKeysForEachTimer() {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<String> refused = new ArrayList<>();
        meters.config().onMeterRegistrationFailed((id, reason) -> refused.add(id + ": " + reason));
        observedBy(meters)
                .withPropertyValues("zeroipc.listener.observation-enabled=true",
                        "zeroipc.template.observation-enabled=true")
                .run(context -> {
                    MeteredApplication.use(context);
                    Awaitility.await()
                            .untilAsserted(() -> assertThat(keysByName(meters.scrape())).containsEntry(
                                    "zeroipc_listener_seconds_count",
                                    Set.of(Set.of("zeroipc_listener_id", "messaging_system", "messaging_operation",
                                            "messaging_source_name", "messaging_source_kind", "error"))));
                    Map<String, Set<Set<String>>> keys = keysByName(meters.scrape());
                    assertThat(refused).isEmpty();
                    assertThat(keys).allSatisfy((name, sets) -> assertThat(sets).as(name).hasSize(1));
                    assertThat(keys).containsEntry("zeroipc_template_seconds_count",
                            Set.of(Set.of("zeroipc_template_name", "messaging_system", "messaging_operation",
                                    "messaging_destination_name", "messaging_destination_kind", "error",
                                    "zeroipc_template_outcome")));
                });
    }

    @Test
    void scrapeWhenOnlyOneListenerIsObservedHasOneSetOfTagKeysForAllTimers() {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        List<String> refused = new ArrayList<>();
        meters.config().onMeterRegistrationFailed((id, reason) -> refused.add(id + ": " + reason));
        observedBy(meters)
                .withPropertyValues("zeroipc.listener.endpoints.price-listener.observation-enabled=true")
                .run(context -> {
                    MeteredApplication.use(context);
                    Awaitility.await().until(() -> meters.find("zeroipc.listener").timers().size() == 5);
                    assertThat(refused).isEmpty();
                    assertThat(keysByName(meters.scrape()).get("zeroipc_listener_seconds_count")).hasSize(1);
                });
    }

    @Test
    void dashboardWhenComparedWithTheScrapeShowsOnlyWhatIsThere() throws Exception {
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        observedBy(meters)
                .withPropertyValues("zeroipc.listener.observation-enabled=true",
                        "zeroipc.template.observation-enabled=true")
                .run(context -> {
                    MeteredApplication.use(context);
                    Awaitility.await()
                            .until(() -> keysByName(meters.scrape()).containsKey("zeroipc_listener_seconds_count"));
                    Map<String, Set<Set<String>>> keys = keysByName(meters.scrape());
                    List<JsonNode> queries = JsonMapper.shared()
                            .readTree(Repository.read("docs/grafana/zeroipc.json"))
                            .findParents("expr");
                    assertThat(queries).hasSizeGreaterThan(10)
                            .allSatisfy(query -> assertShown(query.get("expr").asString(),
                                    query.get("legendFormat").asString(), keys));
                });
    }

    private static void assertShown(String query, String legend, Map<String, Set<Set<String>>> keys) {
        List<String> names = METER.matcher(LABELS.matcher(query).replaceAll(""))
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(names).as(query).isNotEmpty().allSatisfy(name -> assertThat(keys).containsKey(name));
        Set<String> labels = new TreeSet<>();
        keys.get(names.getFirst()).forEach(labels::addAll);
        Stream.concat(LABELS.matcher(query).results().flatMap(by -> WORD.matcher(by.group(1)).results()),
                WORD.matcher(legend.replaceAll("\\{\\{(\\w+)}}|[^{}]+", "$1 ")).results())
                .forEach(label -> assertThat(labels).as(query + " " + legend).contains(label.group()));
    }

    /** The sets of label keys that each name of a scrape occurs with. */
    static Map<String, Set<Set<String>>> keysByName(String scrape) {
        Map<String, Set<Set<String>>> keys = new TreeMap<>();
        scrape.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            Set<String> labels = new TreeSet<>();
            if (sample.group(2) != null) {
                Matcher label = LABEL.matcher(sample.group(2));
                int end = 0;
                while (label.find()) {
                    assertThat(label.start()).as(line).isEqualTo(end);
                    end = label.end();
                    labels.add(label.group(1));
                }
                assertThat(end).as(line).isEqualTo(sample.group(2).length());
            }
            keys.computeIfAbsent(sample.group(1), _ -> new HashSet<>()).add(labels);
        });
        return keys;
    }
}
