package io.zeroipc.spring.boot.kafka.autoconfigure;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;

import io.zeroipc.codec.Length;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.boot.kafka.BridgeDirection;
import io.zeroipc.spring.boot.kafka.BridgeFormat;
import io.zeroipc.spring.boot.kafka.BridgeRegistry;
import io.zeroipc.spring.boot.kafka.BridgeState;
import io.zeroipc.spring.boot.kafka.BridgedApplication;
import io.zeroipc.spring.boot.kafka.Delivery;
import io.zeroipc.spring.boot.kafka.KeyFormat;
import io.zeroipc.spring.boot.kafka.OnFailure;
import io.zeroipc.spring.boot.kafka.Trade;
import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.FailureAction;

import static org.assertj.core.api.Assertions.assertThat;

/** What configuration says of bridges, and what is said about what cannot work. No broker is there. */
class BridgeDefinitionsTests {

    @TempDir
    Path directory;

    private ApplicationContextRunner application(String... properties) {
        return BridgedApplication.in(directory, "localhost:1")
                .withPropertyValues(
                        BridgedApplication.structure("trades", "ring", Trade.class.getName(), "capacity=64"))
                .withPropertyValues(BridgedApplication.structure("numbers", "queue", "int64", "capacity=64"))
                .withPropertyValues(
                        BridgedApplication.structure("frames", "ring", Frame.class.getName(), "capacity=64"))
                .withPropertyValues(BridgedApplication.structure("prices", "map", "float64", "capacity=64",
                        "options.key=string(8)"))
                .withPropertyValues(properties);
    }

    @Test
    void bridgeIsAsItWasDeclared() {
        application("zeroipc.bridges.trades-out.from=market/trades", "zeroipc.bridges.trades-out.to=kafka:trades",
                "zeroipc.bridges.trades-out.key=symbol", "zeroipc.bridges.trades-out.format=json",
                "zeroipc.bridges.trades-out.delivery=at-least-once", "zeroipc.bridges.trades-out.max-in-flight=7",
                "zeroipc.bridges.trades-out.auto-startup=false", "zeroipc.bridges.off.enabled=false")
                .run(context -> assertThat(context.getBean(BridgeRegistry.class).definitions())
                        .containsExactly(new BridgeDefinition("trades-out", BridgeDirection.OUT,
                                new ChannelName("market", "trades"), "trades", "symbol", BridgeFormat.JSON,
                                Delivery.AT_LEAST_ONCE, 7, null, false, KeyFormat.TEXT, OnFailure.STOP)));
    }

    @Test
    void bridgeIsAListenerThatPropertiesConfigure() {
        application("zeroipc.bridges.out.from=market/trades", "zeroipc.bridges.out.to=kafka:trades",
                "zeroipc.listener.endpoints.bridge.out.auto-startup=false",
                "zeroipc.listener.endpoints.bridge.out.max-batch-size=7",
                "zeroipc.listener.endpoints.bridge.out.failure-action=discard").run(context -> {
                    ChannelListenerContainer container = context.getBean(ChannelListenerEndpointRegistry.class)
                            .getContainer("bridge.out");
                    assertThat(container.isRunning()).isFalse();
                    assertThat(container.getSettings().getMaxBatchSize()).isEqualTo(7);
                    assertThat(container.getSettings().failures().getFailureAction()).isEqualTo(FailureAction.DISCARD);
                    assertThat(context.getBean(BridgeRegistry.class).find("out").orElseThrow().state())
                            .isEqualTo(BridgeState.STOPPED);
                });
    }

    @Test
    void applicationWithoutBridgesHasNone() {
        application().run(context -> assertThat(context.getBean(BridgeRegistry.class).bridges()).isEmpty());
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong("both ends of the bridge are topics", "Write 'kafka:'", "from=kafka:a", "to=kafka:b"),
                wrong("neither end of the bridge is a topic", "Write 'kafka:'", "from=market/trades",
                        "to=market/numbers"),
                wrong("bridge has an open end", "Write 'kafka:'", "from=market/trades"),
                wrong("there is no such structure", "Did you mean 'market/trades'", "from=market/trade", "to=kafka:b"),
                wrong("there is no such structure", "Did you mean 'market/trades'", "from=markt/trades",
                        "to=kafka:b"),
                wrong("a topic cannot have this name", "letters, digits", "from=market/trades", "to=kafka:a b"),
                wrong("a topic cannot have this name", "letters, digits", "from=market/trades", "to=kafka:"),
                wrong("so many elements cannot be in flight", "Write 1 to 16384.", "from=market/trades", "to=kafka:b",
                        "max-in-flight=0"),
                wrong("bridge to a topic is in no consumer group", "Remove it", "from=market/trades", "to=kafka:b",
                        "group=g"),
                wrong("bridge from a topic makes no keys", "Remove it", "from=kafka:b", "to=market/trades",
                        "key=symbol"),
                wrong("there is no property 'form' below 'zeroipc.bridges.x'", "Did you mean 'from'",
                        "form=market/trades",
                        "to=kafka:b"),
                wrong("elements have no such component", "Did you mean 'symbol'?", "from=market/trades", "to=kafka:b",
                        "key=symbl"),
                wrong("elements have no such component", "only records have components", "from=market/numbers",
                        "to=kafka:b", "key=number"),
                wrong("elements do not stay in the structure until they have arrived", "redeliver",
                        "from=market/numbers", "to=kafka:b", "delivery=at-least-once"),
                wrong("bridge from a topic takes what a poll brings", "max-poll-records", "from=kafka:b",
                        "to=market/numbers", "max-in-flight=7"),
                wrong("a map is as all of its topic is", "Remove it", "from=kafka:b", "to=market/prices", "group=g"),
                wrong("keys of records become those of a map, and this is a queue", "Remove it", "from=kafka:b",
                        "to=market/numbers", "key-format=number"),
                wrong("keys of a bridge to a topic are texts", "Remove it", "from=market/trades", "to=kafka:b",
                        "key-format=bytes"),
                wrong("a bridge to a topic is a listener", "zeroipc.listener.endpoints.bridge.x.failure-action",
                        "from=market/trades", "to=kafka:b", "on-failure=skip"),
                wrong("component has no text: type=bytes(4)", "Choose a number", "from=market/frames", "to=kafka:b",
                        "key=tag"),
                wrong("a topic cannot have this name", "letters, digits", "from=kafka://b", "to=market/trades"),
                wrong("neither end of the bridge is a topic", "Write 'kafka:'", "from=kafka b", "to=market/trades"),
                wrong("", "ring", "from=market/prices", "to=kafka:b"));
    }

    private static Arguments wrong(String problem, String remedy, String... properties) {
        return Arguments.of(problem, remedy,
                Arrays.stream(properties).map(each -> "zeroipc.bridges.x." + each).toList());
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void whatCannotWorkIsExplainedAtStartup(String problem, String remedy, List<String> properties) {
        application(properties.toArray(String[]::new)).run(context -> {
            assertThat(context).hasFailed();
            FailureAnalysis analysis = analyze(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains(problem);
            assertThat(analysis.getAction()).contains(remedy);
        });
    }

    @Test
    void bridgesThatWouldGoRoundInCirclesAreRefused() {
        application("zeroipc.bridges.out.from=market/trades", "zeroipc.bridges.out.to=kafka:a",
                "zeroipc.bridges.in.from=kafka:b", "zeroipc.bridges.in.to=market/trades").run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
                            .hasMessageContaining("elements would go round in circles: bridge 'out'");
                });
    }

    @ParameterizedTest
    @CsvSource({"trades, ring", "prices, map"})
    void bridgesIntoOneStructureThatIsOnesOwnAreRefused(String structure, String kind) {
        application("zeroipc.bridges.a.from=kafka:a", "zeroipc.bridges.a.to=market/" + structure,
                "zeroipc.bridges.b.from=kafka:b", "zeroipc.bridges.b.to=market/" + structure).run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
                            .hasMessageContaining("two bridges would write into one " + kind + ": bridge 'a'");
                });
    }

    @Test
    void inFlightAreFewerWhereElementsAreLarge() {
        application(
                Stream.of(
                        BridgedApplication.structure("large", "ring", "bytes(8192)", "capacity=16"),
                        new String[] {"zeroipc.segments.market.structures.messages.type=topic",
                                "zeroipc.segments.market.structures.messages.capacity=4",
                                "zeroipc.segments.market.structures.messages.options.chunk-size=65536",
                                "zeroipc.bridges.numbers.from=market/numbers", "zeroipc.bridges.numbers.to=kafka:a",
                                "zeroipc.bridges.large.from=market/large", "zeroipc.bridges.large.to=kafka:a",
                                "zeroipc.bridges.messages.from=market/messages",
                                "zeroipc.bridges.messages.to=kafka:a"})
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new))
                .run(context -> {
                    ChannelListenerEndpointRegistry listeners = context.getBean(ChannelListenerEndpointRegistry.class);
                    assertThat(Stream.of("numbers", "large", "messages")
                            .map(name -> listeners.getContainer("bridge." + name).getSettings().getMaxBatchSize()))
                            .containsExactly(10_000, 1024, 128);
                });
    }

    /** With a component that is no text. */
    @SuppressWarnings("ArrayRecordComponent")
    record Frame(@Length(4) byte[] tag, long number) {}

    private static FailureAnalysis analyze(Throwable failure) {
        SpringFactoriesLoader loader = SpringFactoriesLoader.forDefaultResourceLocation();
        SpringFactoriesLoader.ArgumentResolver arguments = SpringFactoriesLoader.ArgumentResolver
                .of(BeanFactory.class, new DefaultListableBeanFactory())
                .and(Environment.class, new StandardEnvironment());
        // Analyzers of Spring Boot for what is not on the class path cannot be made.
        return loader.load(FailureAnalyzer.class, arguments, (_, name, e) -> assertThat(name).doesNotContain("zeroipc"))
                .stream()
                .filter(analyzer -> analyzer.getClass().getName().startsWith("io.zeroipc"))
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody explains it", failure));
    }
}
