package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.annotation.PreDestroy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;

import io.zeroipc.Occupancy;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.SegmentPagesException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.HugePages;
import io.zeroipc.segment.Paging;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.Trade;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class ZeroIpcAutoConfigurationTests {

    private static final String TRADES = "zeroipc.segments.market.structures.trades.";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withInitializer(context -> ConfigurationPropertySources.attach(context.getEnvironment()))
                .withPropertyValues("zeroipc.base-directory=" + directory);
    }

    private ApplicationContextRunner runnerWithTrades() {
        return runner().withPropertyValues(TRADES + "type=queue", TRADES + "element-type=" + Trade.class.getName(),
                TRADES + "capacity=64");
    }

    @Test
    void contextWhenNothingIsDeclaredHasAnEmptyRegistry() {
        runner().run(context -> {
            assertThat(context).hasSingleBean(SegmentRegistry.class).doesNotHaveBean(Segment.class);
            assertThat(context.getBean(SegmentRegistry.class).names()).isEmpty();
            assertThat(directory).isEmptyDirectory();
        });
    }

    @Test
    void contextWhenDisabledHasNoBeansAndTouchesNoFile() {
        runnerWithTrades().withPropertyValues("zeroipc.enabled=false").run(context -> {
            assertThat(context).doesNotHaveBean(SegmentRegistry.class)
                    .doesNotHaveBean(Segment.class)
                    .doesNotHaveBean(SharedQueue.class)
                    .doesNotHaveBean(ZeroIpcProperties.class);
            assertThat(directory).isEmptyDirectory();
        });
    }

    @Test
    void segmentWhenDeclaredIsABeanOfItsName() {
        runnerWithTrades().run(context -> {
            Segment segment = context.getBean("marketSegment", Segment.class);
            assertThat(segment.path()).isEqualTo(directory.resolve("market"));
            assertThat(segment.isCreated()).isTrue();
            assertThat(segment.name()).isEqualTo("market");
            assertThat(context.getBean(SegmentRegistry.class).find("market")).containsSame(segment);
        });
    }

    @Test
    void structureWhenDeclaredIsFoundByNameAliasAndType() {
        runnerWithTrades().withUserConfiguration(Consumers.class).run(context -> {
            Object trades = context.getBean("market.trades");
            assertThat(context.getBean("trades")).isSameAs(trades);
            Consumers consumers = context.getBean(Consumers.class);
            assertThat(consumers.byType).isSameAs(trades);
            assertThat(consumers.byParameterName).isSameAs(trades);
            assertThat(consumers.byQualifier).isSameAs(trades);
            assertThat(context.getBeanNamesForType(
                    ResolvableType.forClassWithGenerics(SharedQueue.class, String.class))).isEmpty();
        });
    }

    @Test
    void beansWhenTheContextEndsCanStillSend() {
        runnerWithTrades().withUserConfiguration(Farewell.class)
                .run(context -> assertThat(context).hasSingleBean(Farewell.class));
        try (Segment segment = Segment.at(directory.resolve("market")).open()) {
            SharedQueue<Trade> trades = SharedQueue.open(segment, "trades", Codecs.record(Trade.class));
            assertThat(trades.poll()).isEqualTo(new Trade("ACME", 1, 2));
            assertThat(trades.poll()).isEqualTo(new Trade("ACME", 3, 4));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Farewell {

        private final ZeroIpcOperations operations;

        Farewell(ZeroIpcOperations operations) {
            this.operations = operations;
        }

        @Bean(destroyMethod = "run")
        Runnable another(SharedQueue<Trade> trades) {
            return () -> assertThat(trades.offer(new Trade("ACME", 1, 2))).isTrue();
        }

        @PreDestroy
        void sayGoodbye() {
            operations.send("market/trades", new Trade("ACME", 3, 4));
        }
    }

    @Test
    void structureWhenInjectedTransportsElements() {
        runnerWithTrades().withUserConfiguration(Consumers.class).run(context -> {
            SharedQueue<Trade> trades = context.getBean(Consumers.class).byType;
            Trade trade = new Trade("ACME", 100, 12.5);
            assertThat(trades.offer(trade)).isTrue();
            assertThat(trades.poll()).isEqualTo(trade);
        });
    }

    @Test
    void structuresWhenOfTheSameTypeAreToldApartByParameterNameAndQualifier() {
        runner().withPropertyValues(all(queue("a", "first"), queue("a", "second-one"), queue("b", "first")))
                .withUserConfiguration(Several.class)
                .run(context -> {
                    Several several = context.getBean(Several.class);
                    assertThat(several.secondOne).isSameAs(context.getBean("a.second-one"));
                    assertThat(several.qualified).isSameAs(context.getBean("b.first"));
                    // Two structures are called "first": neither gets the short name.
                    assertThat(context.containsBean("first")).isFalse();
                });
    }

    @Test
    void shortNameWhenItBelongsToAnotherBeanIsNotTaken() {
        runnerWithTrades().withBean("trades", String.class, () -> "mine").run(context -> {
            assertThat(context.getBean("trades")).isEqualTo("mine");
            assertThat(context.getBean("market.trades")).isInstanceOf(SharedQueue.class);
        });
    }

    @Test
    void beanNameWhenGivenReplacesTheNameAndKeepsTheQualifier() {
        runnerWithTrades().withPropertyValues(TRADES + "bean-name=theTrades").run(context -> {
            assertThat(context.getBean("theTrades")).isInstanceOf(SharedQueue.class)
                    .isSameAs(context.getBean("market.trades"));
            assertThat(context.containsBean("trades")).isFalse();
        });
    }

    @Test
    void primaryWhenSetIsPreferred() {
        runner().withPropertyValues(all(queue("a", "first"), queue("a", "second")))
                .withPropertyValues("zeroipc.segments.a.structures.second.primary=true")
                .run(context -> assertThat(context.getBean(SharedQueue.class)).isSameAs(context.getBean("a.second")));
    }

    @Test
    void lazyStructureWhenNobodyAsksIsNotCreated() {
        runner().withPropertyValues(all(queue("a", "first"), queue("a", "second")))
                .withPropertyValues("zeroipc.segments.a.structures.second.lazy=true")
                .run(context -> {
                    Segment segment = context.getBean(Segment.class);
                    assertThat(segment.opened()).containsOnlyKeys("first");
                    context.getBean("a.second");
                    assertThat(segment.opened()).containsOnlyKeys("first", "second");
                });
    }

    @Test
    void disabledSegmentAndStructureHaveNoBeans() {
        runner().withPropertyValues(all(queue("a", "first"), queue("a", "second"), queue("b", "third")))
                .withPropertyValues("zeroipc.segments.a.structures.second.enabled=false",
                        "zeroipc.segments.b.enabled=false")
                .run(context -> {
                    assertThat(context).hasSingleBean(Segment.class).hasSingleBean(SharedQueue.class);
                    assertThat(directory).isDirectoryContaining("glob:**/a");
                    assertThat(directory.resolve("b")).doesNotExist();
                });
    }

    @Test
    void structuresWhenInjectedOutOfOrderAreCreatedInTheOrderOfDeclaration() {
        runner().withPropertyValues(all(queue("a", "zebra"), queue("a", "second-one"), queue("a", "ant")))
                .withUserConfiguration(InjectsOne.class)
                .run(context -> assertThat(context.getBean(Segment.class).entries()).extracting("name")
                        .containsExactly("zebra", "second-one", "ant"));
    }

    @Test
    void sizeWhenOmittedIsWhatTheStructuresNeed() {
        runnerWithTrades().run(context -> {
            Segment segment = context.getBean(Segment.class);
            assertThat(segment.byteSize() % 4096).isZero();
            assertThat(segment.byteSize() - segment.occupancy().used()).isBetween(0L, 4095L);
        });
    }

    @Test
    void segmentWhenItExistsWithAnotherComputedSizeIsOpened() {
        try (Segment existing = Segment.at(directory.resolve("market")).size(1 << 20).create()) {
            runnerWithTrades().run(context -> assertThat(context.getBean(Segment.class).byteSize()).isEqualTo(
                    existing.byteSize()));
        }
    }

    @Test
    void propertiesOfASegmentReachTheFile() {
        Path path = directory.resolve("elsewhere.bin");
        runner().withPropertyValues("zeroipc.segments.market.path=" + path, "zeroipc.segments.market.size=1MB",
                "zeroipc.segments.market.max-entries=16", "zeroipc.segments.market.permissions=rw-r-----",
                "zeroipc.segments.market.on-close=delete-if-created").run(context -> {
                    Segment segment = context.getBean(Segment.class);
                    assertThat(segment.path()).isEqualTo(path);
                    assertThat(segment.byteSize()).isEqualTo(1 << 20);
                    assertThat(segment.entryOccupancy().capacity()).isEqualTo(16);
                    assertThat(Files.getPosixFilePermissions(path))
                            .hasToString("[OWNER_READ, OWNER_WRITE, GROUP_READ]");
                });
        assertThat(path).doesNotExist();
    }

    @Test
    void pagesWhenSomethingIsAskedOfThemAreTouched() {
        runner().withPropertyValues("zeroipc.segments.market.size=1MB", "zeroipc.segments.market.huge-pages=try",
                "zeroipc.segments.market.pre-touch=true").run(context -> {
                    Paging paging = context.getBean(Segment.class).paging();
                    assertThat(paging.asked()).isEqualTo(HugePages.TRY);
                    assertThat(paging.preTouched()).isTrue();
                    assertThat(paging.note()).startsWith("huge pages: ");
                });
    }

    @Test
    void pagesWhenTheyAreNotGrantedStopTheStart() {
        // Smaller than a huge page: none is granted anywhere.
        runner().withPropertyValues("zeroipc.segments.market.size=64KB", "zeroipc.segments.market.huge-pages=require")
                .run(context -> assertThat(context).getFailure()
                        .hasRootCauseInstanceOf(SegmentPagesException.class)
                        .rootCause()
                        .hasMessageContaining("huge pages are required and not granted"));
    }

    @Test
    void nodeWhenThereIsNoneOfItsNumberIsRefused() {
        runner().withPropertyValues("zeroipc.segments.market.size=64KB", "zeroipc.segments.market.numa-node=1024")
                .run(context -> assertThat(context).getFailure()
                        .rootCause()
                        .hasMessageContaining("numaNode=1024"));
    }

    @Test
    void tableWhenNothingIsSaidHasRoomForAllStructures() {
        String[] channels = IntStream.rangeClosed(1, 33)
                .mapToObj(i -> "zeroipc.segments.market.structures.c" + i + ".")
                .flatMap(prefix -> Stream.of(prefix + "type=channel", prefix + "element-type=int32",
                        prefix + "capacity=2"))
                .toArray(String[]::new);
        runner().withPropertyValues(channels).run(context -> {
            Occupancy entries = context.getBean(Segment.class).entryOccupancy();
            assertThat(entries).isEqualTo(new Occupancy(66, 99, entries.unit()));
        });
    }

    @Test
    void tableWhenFewStructuresAreDeclaredIsTheOneThatPeersExpect() {
        runnerWithTrades().run(
                context -> assertThat(context.getBean(Segment.class).entryOccupancy().capacity()).isEqualTo(64));
    }

    @Test
    void fileNameWhenPrefixAndNameAreGivenIsMadeOfThem() {
        runnerWithTrades().withPropertyValues("zeroipc.file-prefix=test-", "zeroipc.segments.market.name=/sensor_data")
                .run(context -> assertThat(context.getBean(Segment.class).path()).isEqualTo(
                        directory.resolve("test-sensor_data")));
    }

    @Test
    void entryNameWhenGivenIsTheNameInTheTable() {
        runnerWithTrades().withPropertyValues(TRADES + "name=trades_v2").run(context -> {
            assertThat(context.getBean("market.trades", Structure.class).name()).isEqualTo("trades_v2");
            assertThat(context.getBean(SegmentRegistry.class).isKnown(new ChannelName("market", "trades"))).isTrue();
        });
    }

    @Test
    void keyWhenInBracketsKeepsItsCharacters() {
        runner().withPropertyValues("zeroipc.segments[sensor_data].structures[cpu_load].type=queue",
                "zeroipc.segments[sensor_data].structures[cpu_load].element-type=float64",
                "zeroipc.segments[sensor_data].structures[cpu_load].capacity=8").run(context -> {
                    assertThat(context.getBean("sensorDataSegment", Segment.class).path()).isEqualTo(
                            directory.resolve("sensor_data"));
                    assertThat(context.getBean("cpuLoad", Structure.class).name()).isEqualTo("cpu_load");
                });
    }

    @Test
    void elementSizeWhenGivenCompletesTheElementType() {
        runner().withPropertyValues(TRADES + "type=queue", TRADES + "element-size=128B", TRADES + "capacity=8")
                .run(context -> assertThat(context.getBean("trades", Structure.class).elementType()).isEqualTo(
                        "bytes(128)"));
    }

    @Test
    void codecWhenGivenIsTheBean() {
        runner().withPropertyValues(TRADES + "type=queue", TRADES + "codec=tradeCodec", TRADES + "capacity=8")
                .withUserConfiguration(CodecConfiguration.class, Consumers.class)
                .run(context -> {
                    SharedQueue<Trade> trades = context.getBean(Consumers.class).byType;
                    Trade trade = new Trade("X", 1, 2);
                    trades.offer(trade);
                    assertThat(trades.poll()).isEqualTo(trade);
                });
    }

    @Test
    void connectionDetailsWhenOfTheUserSayWhere(@TempDir Path other) {
        runnerWithTrades().withBean(ZeroIpcConnectionDetails.class, () -> new ZeroIpcConnectionDetails() {
            @Override
            public Path getBaseDirectory() {
                return other;
            }
        }).run(context -> assertThat(context.getBean(Segment.class).path()).isEqualTo(other.resolve("market")));
    }

    @Test
    void registryWhenOfTheUserIsKept() {
        DefaultSegmentRegistry registry = new DefaultSegmentRegistry();
        runner().withBean(SegmentRegistry.class, () -> registry)
                .run(context -> assertThat(context.getBean(SegmentRegistry.class)).isSameAs(registry));
    }

    @Test
    void segmentWhenContextClosesIsClosedAfterTheBeansThatUseIt() {
        List<String> seen = new ArrayList<>();
        runnerWithTrades().withUserConfiguration(LateUser.class).run(context -> {
            context.getBean(LateUser.class).seen = seen;
            Segment segment = context.getBean(Segment.class);
            context.close();
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(segment::occupancy);
        });
        assertThat(seen).containsExactly("offered=true");
    }

    @Test
    void segmentWhenLazyInitializationIsGlobalIsOpenedAllTheSame() {
        runnerWithTrades().withInitializer(context -> context.addBeanFactoryPostProcessor(
                new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
                .run(
                        context -> assertThat(directory.resolve("market")).exists());
    }

    @Test
    void contextWhenSegmentIsMissingAndPolicyIsStopFails() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.mode=open")
                .run(context -> assertThat(context).getFailure()
                        .rootCause()
                        .isInstanceOf(SegmentNotFoundException.class)
                        .hasMessageContaining("segment=market"));
    }

    @Test
    void contextWhenSegmentIsMissingAndPolicyIsRetryWaitsAndFails() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.mode=open",
                "zeroipc.startup-failure-policy=retry", "zeroipc.open-timeout=50ms", "zeroipc.open-retry-interval=5ms")
                .run(context -> assertThat(context).getFailure()
                        .rootCause()
                        .isInstanceOf(SegmentNotFoundException.class));
    }

    @Test
    void contextWhenSegmentIsMissingAndPolicyIsContinueStartsAndProvidesItLater() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.mode=open",
                "zeroipc.startup-failure-policy=continue").withUserConfiguration(Waiting.class).run(context -> {
                    assertThat(context).hasNotFailed();
                    Waiting waiting = context.getBean(Waiting.class);
                    assertThat(waiting.trades.getIfAvailable()).isNull();
                    assertThat(waiting.segment.getIfAvailable()).isNull();
                    try (Segment peer = Segment.at(directory.resolve("market")).size(1 << 20).create()) {
                        SharedQueue<Trade> theirs = SharedQueue.create(peer, "trades", Codecs.record(Trade.class), 64);
                        SharedQueue<Trade> ours = waiting.trades.getIfAvailable();
                        assertThat(ours).isNotNull();
                        Trade trade = new Trade("LATE", 1, 1);
                        assertThat(theirs.offer(trade)).isTrue();
                        assertThat(ours.poll()).isEqualTo(trade);
                        assertThat(waiting.trades.getObject()).isSameAs(ours);
                    }
                });
    }

    @Test
    void segmentWhenAManifestIsAskedForHasOneBesideIt() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.manifest=market.json").run(context -> {
            assertThat(directory.resolve("market.json")).content()
                    .contains("\"file\": \"market\"", "\"kind\": \"queue\"", "\"dtype\"");
            assertThat(directory.resolve("market.zipc")).content().contains(Trade.class.getName());
        });
    }

    @Test
    void manifestWhenStructuresComeLaterIsWrittenAgainOnceForAll() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.manifest=market.json",
                "zeroipc.segments.market.on-replaced=reattach")
                .run(context -> {
                    Path manifest = directory.resolve("market.json");
                    Object first = Files.readAttributes(manifest, BasicFileAttributes.class).fileKey();
                    SegmentRegistry registry = context.getBean(SegmentRegistry.class);
                    Segment segment = registry.get("market");
                    for (int i = 0; i < 20; i++) {
                        SharedQueue.create(segment, "late" + i, Codecs.int64(), 8);
                        registry.structure(new ChannelName("market", "late" + i));
                    }
                    await().untilAsserted(() -> assertThat(manifest).content().contains("\"late19\""));
                    assertThat(Files.readAttributes(manifest, BasicFileAttributes.class).fileKey()).isNotEqualTo(first);
                    assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                            .filteredOn("zeroipc-manifest"::equals)
                            .hasSizeLessThanOrEqualTo(1);
                    // The context ends before the next moment is over: what is left is written then.
                    SharedQueue.create(segment, "last", Codecs.int64(), 8);
                    registry.structure(new ChannelName("market", "last"));
                    context.close();
                    assertThat(manifest).content().contains("\"last\"");
                    assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
                            .doesNotContain("zeroipc-manifest");
                });
    }

    @Test
    void segmentWhenTheCatalogueIsOffHasNoFileBesideIt() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.catalogue=false").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(directory.resolve("market.zipc")).doesNotExist();
        });
    }

    @Test
    void segmentIsTakenPartInUnderTheNameOfTheApplication() {
        runnerWithTrades().withPropertyValues("spring.application.name=ticker").run(context -> {
            Segment segment = context.getBean("marketSegment", Segment.class);
            assertThat(segment.participation()).isEqualTo("on");
            assertThat(segment.participants()).singleElement()
                    .satisfies(self -> assertThat(self.name()).isEqualTo("ticker"));
        });
    }

    @Test
    void segmentWhenTheApplicationHasNoUsableNameIsTakenPartInUnderThatOfTheProgram() {
        runnerWithTrades().withPropertyValues("spring.application.name=tick\u0007er")
                .run(context -> assertThat(context.getBean("marketSegment", Segment.class).participants())
                        .singleElement()
                        .satisfies(self -> assertThat(self.name()).isNotBlank().doesNotContain("tick")));
    }

    @Test
    void segmentWhenRecoveryIsOffIsNotTakenPartIn() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.recovery=false").run(context -> {
            assertThat(context.getBean("marketSegment", Segment.class).participation()).isEqualTo("off");
            assertThat(directory.resolve("market.zipc-live")).doesNotExist();
        });
    }

    @Test
    void contextWhenTheManifestHasNoDirectoryFailsAndNamesTheProperty() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.manifest=none/market.json")
                .run(context -> assertThat(context).getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidZeroIpcPropertyException.class)
                        .hasMessageContaining("zeroipc.segments.market.manifest")
                        .hasMessageContaining(directory.resolve("none/market.json").toString()));
    }

    @Test
    void structureWhenFileIsReplacedAndPolicyIsReattachIsProvidedAnew() {
        runnerWithTrades().withPropertyValues("zeroipc.segments.market.on-replaced=reattach")
                .withUserConfiguration(Waiting.class)
                .run(context -> {
                    Waiting waiting = context.getBean(Waiting.class);
                    SharedQueue<Trade> before = waiting.trades.getObject();
                    Files.delete(directory.resolve("market"));
                    try (Segment peer = Segment.at(directory.resolve("market")).size(1 << 20).create()) {
                        SharedQueue.create(peer, "trades", Codecs.record(Trade.class), 64)
                                .offer(new Trade("NEW", 1, 1));
                        SharedQueue<Trade> after = waiting.trades.getObject();
                        assertThat(after.poll()).isEqualTo(new Trade("NEW", 1, 1));
                        assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(before::poll);
                    }
                });
    }

    @Test
    void segmentWhenReadOnlyIsReadAndNotWritten() {
        try (Segment peer = Segment.at(directory.resolve("market")).size(1 << 20).create()) {
            SharedQueue.create(peer, "trades", Codecs.record(Trade.class), 64);
            runnerWithTrades().withPropertyValues("zeroipc.segments.market.mode=read-only").run(context -> {
                assertThat(context.getBean(Segment.class).isReadOnly()).isTrue();
                assertThat(context.getBean("trades", Structure.class).occupancy().capacity()).isEqualTo(64);
            });
        }
    }

    private static String[] all(String[]... groups) {
        return java.util.Arrays.stream(groups).flatMap(java.util.Arrays::stream).toArray(String[]::new);
    }

    private static String[] queue(String segment, String structure) {
        String prefix = "zeroipc.segments." + segment + ".structures." + structure + ".";
        return new String[] {prefix + "type=queue", prefix + "element-type=" + Trade.class.getName(),
                prefix + "capacity=16"};
    }

    @Configuration(proxyBeanMethods = false)
    static class Consumers {
        @Autowired
        SharedQueue<Trade> byType;
        SharedQueue<?> byParameterName;
        SharedQueue<Trade> byQualifier;

        @Autowired
        void inject(SharedQueue<Trade> trades, @Qualifier("market.trades") SharedQueue<Trade> other) {
            this.byParameterName = trades;
            this.byQualifier = other;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Several {
        SharedQueue<Trade> secondOne;
        SharedQueue<Trade> qualified;

        @Autowired
        void inject(SharedQueue<Trade> secondOne, @Qualifier("b.first") SharedQueue<Trade> other) {
            this.secondOne = secondOne;
            this.qualified = other;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class InjectsOne {
        @Bean
        String user(@Qualifier("a.ant") SharedQueue<Trade> ant) {
            return ant.name();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Waiting {
        @Autowired
        ObjectProvider<SharedQueue<Trade>> trades;
        @Autowired
        ObjectProvider<Segment> segment;
    }

    @Configuration(proxyBeanMethods = false)
    static class LateUser {
        @Autowired
        SharedQueue<Trade> trades;
        List<String> seen;

        @PreDestroy
        void goodbye() {
            seen.add("offered=" + trades.offer(new Trade("BYE", 1, 1)));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class CodecConfiguration {
        @Bean
        Codec<Trade> tradeCodec() {
            return Codecs.record(Trade.class);
        }
    }
}
