package io.zeroipc.spring.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.ResolvableType;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.Trade;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;
import io.zeroipc.spring.core.UnknownStructureTypeException;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.sync.SharedMutex;

import static org.assertj.core.api.Assertions.assertThat;

/** Structures that are declared by another process, which here are only said to be opened. */
class UntypedStructureTests {

    private static final String STRUCTURES = "zeroipc.segments.plant.structures.";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, STRUCTURES + "trades.mode=open");
    }

    private SegmentBuilder plant() {
        return Segment.at(directory.resolve("plant")).size(1 << 16);
    }

    private static SharedQueue<Trade> trades(Segment segment) {
        return SharedQueue.create(segment, "trades", Codecs.record(Trade.class), 16);
    }

    @Test
    void structureWhenItsCreatorHasDeclaredItIsInjectedByItsTypeAndListenedTo() {
        try (Segment theirs = plant().create()) {
            SharedQueue<Trade> queue = trades(theirs);
            runner().withUserConfiguration(Desk.class, Listening.class).run(context -> {
                assertThat(context.getBean(Desk.class).trades).isSameAs(context.getBean("plant.trades"));
                assertThat(context.getBean("trades")).isSameAs(context.getBean("plant.trades"));
                assertThat(context.getBeanNamesForType(
                        ResolvableType.forClassWithGenerics(SharedQueue.class, String.class))).isEmpty();
                queue.offer(new Trade("A", 1, 2));
                assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES))
                        .isEqualTo(new Trade("A", 1, 2));
                context.getBean(ZeroIpcOperations.class).send("plant/trades", new Trade("B", 2, 3));
                assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES))
                        .isEqualTo(new Trade("B", 2, 3));
            });
        }
    }

    @Test
    void structuresOfOtherKindsAreWhatTheirCreatorSays() {
        try (Segment theirs = plant().create()) {
            trades(theirs);
            SharedMap.create(theirs, "limits", Codecs.string(8), Codecs.float64(), 16);
            theirs.create("history", SharedRing.spec(Codecs.int32(), 16, true));
            SharedMutex.create(theirs, "lock");
            runner().withPropertyValues("zeroipc.segments.plant.mode=read-only", STRUCTURES + "limits.lazy=true",
                    STRUCTURES + "history.primary=true", STRUCTURES + "guard.name=lock", STRUCTURES + "guard.mode=open")
                    .run(context -> {
                        assertThat(context.getBeanNamesForType(
                                ResolvableType.forClassWithGenerics(SharedMap.class, String.class, Double.class)))
                                .containsExactly("plant.limits");
                        assertThat(context.getBean("limits")).isInstanceOf(SharedMap.class);
                        assertThat(context.getBean("history", SharedRing.class).isBroadcast()).isTrue();
                        assertThat(context.getBean(SharedMutex.class)).isSameAs(context.getBean("plant.guard"));
                    });
        }
    }

    @Test
    void contextWhenSegmentOrStructureIsAbsentFailsAsWithAType() {
        runner().withPropertyValues("zeroipc.segments.plant.mode=open")
                .run(context -> assertThat(context).getFailure()
                        .isInstanceOf(
                                SegmentNotFoundException.class));
        try (Segment theirs = plant().create()) {
            SharedMutex.create(theirs, "lock");
            runner().withPropertyValues("zeroipc.segments.plant.mode=open")
                    .run(context -> assertThat(context).getFailure()
                            .isInstanceOf(StructureNotFoundException.class)
                            .hasMessage("structure not found: segment=plant, name=trades (present: lock)"));
        }
    }

    @Test
    void structureWhenPolicyIsRetryIsWaitedForAndInjectedByItsType() throws InterruptedException {
        Thread peer = Thread.ofPlatform().start(() -> {
            try (Segment theirs = plant().create()) {
                trades(theirs);
            }
        });
        runner().withUserConfiguration(Desk.class)
                .withPropertyValues("zeroipc.segments.plant.mode=open", "zeroipc.startup-failure-policy=retry",
                        "zeroipc.open-timeout=1m", "zeroipc.open-retry-interval=5ms")
                .run(context -> assertThat(context.getBean(Desk.class).trades.offer(new Trade("A", 1, 1))).isTrue());
        peer.join();
    }

    @Test
    void structureWhenAbsentUnderContinueIsThereByItsNameLater() {
        runner().withUserConfiguration(Listening.class)
                .withPropertyValues("zeroipc.segments.plant.mode=open", "zeroipc.startup-failure-policy=continue")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    try (Segment theirs = plant().create()) {
                        trades(theirs).offer(new Trade("A", 1, 2));
                        assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES))
                                .isEqualTo(new Trade("A", 1, 2));
                        assertThat(context.getBean("plant.trades")).isInstanceOf(SharedQueue.class);
                        assertThat(context.getBean(SegmentRegistry.class)
                                .kindOf(
                                        io.zeroipc.spring.core.ChannelName.parse("plant/trades")))
                                .isEqualTo("queue");
                    }
                });
    }

    @Test
    void structureWhenLazyIsNotMissedBeforeSomebodyAsksForIt() {
        try (Segment theirs = plant().create()) {
            runner().withPropertyValues("zeroipc.segments.plant.mode=open", STRUCTURES + "trades.lazy=true")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        trades(theirs);
                        assertThat(context.getBean("plant.trades")).isInstanceOf(SharedQueue.class);
                    });
        }
    }

    @Test
    void structureWhenItsBeanIsGivenANameIsThereByThat() {
        try (Segment theirs = plant().create()) {
            trades(theirs);
            runner().withPropertyValues(STRUCTURES + "trades.bean-name=deals")
                    .run(context -> assertThat(context.getBean("deals")).isInstanceOf(SharedQueue.class));
        }
    }

    @Test
    void contextWhenThereIsNoCatalogueSaysWhatIsMissing() {
        try (Segment theirs = plant().catalogue(false).create()) {
            trades(theirs);
            runner().run(context -> assertThat(context).getFailure()
                    .isInstanceOfSatisfying(UnknownStructureTypeException.class, e -> {
                        assertThat(e.candidates()).contains("queue");
                        assertThat(e.problem()).startsWith("its creator has written no line about it into "
                                + directory.resolve("plant.zipc"));
                    }));
        }
    }

    @Test
    void contextWhenTheElementsAreOfAnAbsentClassSaysItsFields() throws IOException {
        try (Segment theirs = plant().create()) {
            trades(theirs);
            Path catalogue = directory.resolve("plant.zipc");
            Files.writeString(catalogue, Files.readString(catalogue).replace(Trade.class.getName(), "com.acme.Deal"));
            runner().run(context -> assertThat(context).getFailure()
                    .rootCause()
                    .hasMessageContaining("com.acme.Deal"));
            runner().run(context -> assertThat(context).getFailure()
                    .hasStackTraceContaining(
                            "elements=com.acme.Deal with fields string(8) symbol at 0, int64 quantity at 8,"
                                    + " float64 price at 16"));
        }
    }

    @Test
    void listenerWhenItTakesAnotherTypeIsRefused() {
        try (Segment theirs = plant().create()) {
            trades(theirs);
            runner().withUserConfiguration(Misled.class)
                    .run(context -> assertThat(context).getFailure()
                            .isInstanceOfSatisfying(ElementTypeException.class, e -> {
                                assertThat(e.channel().toString()).isEqualTo("plant/trades");
                                assertThat(e.elementType()).isEqualTo(Trade.class.getName());
                            }));
        }
    }

    @Test
    void structureWhenABeanSaysOnlyThatItIsOpenedIsInjectedByItsType() {
        try (Segment theirs = plant().create()) {
            trades(theirs);
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                    .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.segments.plant.mode=open")
                    .withUserConfiguration(Desk.class, Defining.class)
                    .run(context -> {
                        assertThat(context.getBean(Desk.class).trades).isSameAs(context.getBean("plant.trades"));
                        // The definition has moved aside for it, as for one with a type.
                        assertThat(context.getBean("trades")).isSameAs(context.getBean("plant.trades"));
                        assertThat(context.getBean("tradesDefinition")).isInstanceOf(StructureDefinition.class);
                    });
        }
    }

    @Test
    void structureWhenThePrimaryOneOfItsTypeIsPreferred() {
        try (Segment theirs = plant().create()) {
            trades(theirs);
            SharedQueue.create(theirs, "more", Codecs.record(Trade.class), 16);
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                    .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.segments.plant.mode=open")
                    .withUserConfiguration(Desk.class, Defining.class, Preferring.class)
                    .run(context -> assertThat(context.getBean(Desk.class).trades)
                            .isSameAs(context.getBean("plant.more")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"capacity=16", "element-size=8", "options.overwrite=true", "codec=tradeCodec"})
    void structureWhenAnythingIsSaidOfItNeedsATypeToo(String said) {
        try (Segment theirs = plant().create()) {
            trades(theirs);
            runner().withPropertyValues(STRUCTURES + "trades." + said)
                    .run(context -> assertThat(context).getFailure()
                            .hasStackTraceContaining("zeroipc.segments.plant.structures.trades.type"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Desk {
        @Autowired
        SharedQueue<Trade> trades;
    }

    @Configuration(proxyBeanMethods = false)
    static class Defining {
        @Bean
        StructureDefinition trades() {
            return StructureDefinition.named("plant/trades").mode(StructureMode.OPEN).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Preferring {
        @Bean
        @Primary
        StructureDefinition preferred() {
            return StructureDefinition.named("plant/more").mode(StructureMode.OPEN).build();
        }
    }

    static class Listening {

        final BlockingQueue<Trade> received = new LinkedBlockingQueue<>();

        @ChannelListener(channels = "plant/trades")
        void on(Trade trade) {
            received.add(trade);
        }
    }

    static class Misled {

        @ChannelListener(channels = "plant/trades")
        void on(Integer trade) {
        }
    }
}
