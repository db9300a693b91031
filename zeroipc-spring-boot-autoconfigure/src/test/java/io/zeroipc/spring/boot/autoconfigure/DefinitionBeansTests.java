package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import jakarta.annotation.PreDestroy;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.UserConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.core.ResolvableType;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.Trade;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint;
import io.zeroipc.spring.core.OnReplaced;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StartupFailurePolicy;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;
import io.zeroipc.spring.core.ZeroIpcOperations;

import static org.assertj.core.api.Assertions.assertThat;

/** Segments and structures that beans define, beside those of the properties. */
class DefinitionBeansTests {

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.segments.market.max-entries=64");
    }

    @Test
    void structureWhenDefinedByABeanIsInjectedByTypeNameAndQualifier() {
        runner().withUserConfiguration(Trading.class, Desk.class).run(context -> {
            Object trades = context.getBean("market.trades");
            assertThat(trades).isInstanceOf(SharedQueue.class);
            Desk desk = context.getBean(Desk.class);
            assertThat(desk.byType).isSameAs(trades);
            assertThat(desk.byParameterName).isSameAs(trades);
            assertThat(desk.byQualifier).isSameAs(trades);
            assertThat(desk.limits).isSameAs(context.getBean("market.limits"));
            assertThat(context.getBean("trades")).isSameAs(trades);
            assertThat(context.getBean("tradesDefinition")).isInstanceOf(StructureDefinition.class);
            assertThat(context.getBeanNamesForType(
                    ResolvableType.forClassWithGenerics(SharedQueue.class, String.class))).isEmpty();
            Segment market = context.getBean("marketSegment", Segment.class);
            assertThat(market.path()).isEqualTo(directory.resolve("market"));
            // As large as all of them need, in the order of declaration.
            assertThat(market.opened()).containsOnlyKeys("trades", "orders", "limits");
            assertThat(desk.byType.offer(new Trade("A", 1, 1))).isTrue();
        });
    }

    @Test
    void definitionWhenTheNameItWouldMakeWayToIsTakenKeepsItsOwn() {
        runner().withUserConfiguration(Trading.class)
                .withBean("tradesDefinition", String.class, () -> "of the application")
                .run(context -> {
                    assertThat(context.getBean("tradesDefinition")).isEqualTo("of the application");
                    assertThat(context.getBean("trades")).isInstanceOf(StructureDefinition.class);
                    assertThat(context.getBean("market.trades")).isInstanceOf(SharedQueue.class);
                });
    }

    @Test
    void listenerTemplateAndEndpointKnowWhatABeanDefines() {
        runner().withUserConfiguration(Trading.class, Listening.class).run(context -> {
            context.getBean(ZeroIpcOperations.class).send("market/trades", new Trade("B", 2, 2));
            assertThat(context.getBean(Listening.class).received.poll(1, TimeUnit.MINUTES))
                    .isEqualTo(new Trade("B", 2, 2));
            DeclaredSegments declared = context.getBean(DeclaredSegments.class);
            assertThat(declared.structureBeanNames("market")).containsEntry("trades", "market.trades");
            ZeroIpcEndpoint.StructureDescriptor trades = new ZeroIpcEndpoint(context.getBean(SegmentRegistry.class),
                    java.util.Map.of(), List.of(), Show.NEVER).structure("market", "trades", null);
            assertThat(trades).isNotNull();
            assertThat(trades.type()).isEqualTo("queue");
            assertThat(trades.channel()).isEqualTo("market/trades");
        });
    }

    @Test
    void structureWhenDefinedByPropertiesAndAnotherByABeanShareTheSegment() {
        runner().withUserConfiguration(Trading.class)
                .withPropertyValues("zeroipc.segments.market.structures.last.type=state",
                        "zeroipc.segments.market.structures.last.element-type=float64",
                        "zeroipc.segments.other.structures.trades.type=queue",
                        "zeroipc.segments.other.structures.trades.element-type=int32",
                        "zeroipc.segments.other.structures.trades.capacity=8", "zeroipc.primary-segment=market")
                .run(context -> {
                    assertThat(context.getBean("last")).isInstanceOf(SharedState.class);
                    assertThat(context.getBean("marketSegment", Segment.class).opened())
                            .containsOnlyKeys("last", "trades", "orders", "limits");
                    // Two are called so, and neither has the short name; the definition keeps its own.
                    assertThat(context.getBean("trades")).isInstanceOf(StructureDefinition.class);
                    assertThat(context.getBean("market.trades")).isNotSameAs(context.getBean("other.trades"));
                });
    }

    @Test
    void structuresOfOneTypeWhenOneIsPrimaryIsPreferred() {
        runner().withUserConfiguration(Two.class)
                .run(context -> assertThat(context.getBean(SharedQueue.class))
                        .isSameAs(context.getBean("market.second")));
    }

    @Test
    void definitionWhenItsConfigurationIsInjectedSeesWhatWasInjected() {
        runner().withUserConfiguration(Sized.class)
                .withPropertyValues("app.capacity=32")
                .run(context -> assertThat(context.getBean("market.jobs", SharedQueue.class).occupancy().capacity())
                        .isEqualTo(32));
    }

    @Test
    void definitionWhenItIsAPrototypeOrComesOfAFactoryIsReadAllTheSame() {
        runner().withUserConfiguration(Unusual.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBeanNamesForType(SharedQueue.class)).containsExactlyInAnyOrder("market.first",
                    "market.second");
            assertThat(context.getBean("first")).isInstanceOf(SharedQueue.class);
            assertThat(context.getBean("second")).isInstanceOf(SharedQueue.class);
        });
    }

    @Test
    void definitionWhenItIsMadeOfAnotherThatHasMadeWayIsStillABean() {
        runner().withUserConfiguration(Chained.class).run(context -> {
            assertThat(context.getBean("first")).isInstanceOf(SharedQueue.class);
            assertThat(context.getBean("copy")).isInstanceOf(StructureDefinition.class);
        });
    }

    @Test
    void shortNameWhenABeanDefinesAnotherStructureOfTheNameIsThatOfNeither() {
        runner().withBean("here", StructureDefinition.class, () -> Two.queue("market/trades"))
                .withPropertyValues("zeroipc.segments.other.structures.trades.type=queue",
                        "zeroipc.segments.other.structures.trades.element-type=int32",
                        "zeroipc.segments.other.structures.trades.capacity=8")
                .run(context -> {
                    assertThat(context).hasBean("market.trades").hasBean("other.trades");
                    assertThat(context.containsBean("trades")).isFalse();
                });
    }

    @Test
    void segmentWhenDefinedByABeanGivesItselfAndItsStructuresAsBeans() {
        runner().withBean(Path.class, () -> directory)
                .withUserConfiguration(Scratch.class, Adding.class)
                .run(context -> {
                    Segment scratch = context.getBean("scratchSegment", Segment.class);
                    assertThat(context.getBeanFactory().getBeanDefinition("scratchSegment").getResourceDescription())
                            .startsWith("bean 'scratch'");
                    assertThat(scratch.path()).isEqualTo(directory.resolve("scratch"));
                    assertThat(context.getBeanNamesForType(
                            ResolvableType.forClassWithGenerics(SharedQueue.class, Long.class)))
                            .containsExactly("scratch.jobs");
                    assertThat(context.getBeanNamesForType(
                            ResolvableType.forClassWithGenerics(SharedState.class, Double.class)))
                            .containsExactly("scratch.level");
                    assertThat(context.getBean("jobs", SharedQueue.class).segment()).isSameAs(scratch);
                    assertThat(context.getBean("scratch")).isInstanceOf(SegmentDefinition.class);
                });
        assertThat(directory.resolve("scratch")).doesNotExist();
    }

    @Test
    void primarySegmentMayBeOneThatABeanDefines() {
        runner().withBean(Path.class, () -> directory)
                .withPropertyValues("zeroipc.primary-segment=scratch")
                .withBean("level", StructureDefinition.class,
                        () -> StructureDefinition.named("level").type("state").elements("float64").build())
                .withUserConfiguration(Scratch.class)
                .run(context -> {
                    assertThat(context.getBean("scratch.level")).isSameAs(context.getBean(SharedState.class));
                    assertThat(context.getBean(SegmentRegistry.class).channel("level")).hasToString("scratch/level");
                });
    }

    @Test
    void segmentWhenDefinedByABeanAndAbsentUnderContinueIsProvidedLater() {
        runner().withBean(Path.class, () -> directory).withUserConfiguration(Late.class).run(context -> {
            Late late = context.getBean(Late.class);
            assertThat(late.frames.getIfAvailable()).isNull();
            try (Segment theirs = Segment.at(directory.resolve("simulation")).size(1 << 16).create()) {
                SharedRing.create(theirs, "frames", Codecs.int32(), 8);
                assertThat(late.frames.getIfAvailable()).isNotNull();
            }
        });
    }

    @Test
    void structuresWhenTheContextEndsOutliveThoseWhoUseThem() {
        Farewell[] seen = new Farewell[1];
        runner().withUserConfiguration(Trading.class, Farewell.class)
                .run(context -> seen[0] = context.getBean(Farewell.class));
        assertThat(seen[0].offered).isTrue();
    }

    @Test
    void contextWhenDisabledIgnoresDefinitions() {
        runner().withUserConfiguration(Trading.class).withPropertyValues("zeroipc.enabled=false").run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(Segment.class).doesNotHaveBean(SharedQueue.class);
            assertThat(directory).isEmptyDirectory();
        });
    }

    @Test
    void filterThatIsMadeWithTheWebServerIsGivenAStructure() {
        new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class,
                        TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class))
                .withConfiguration(UserConfigurations.of(Trading.class, Filtering.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, "zeroipc.segments.market.max-entries=64",
                        "server.port=0")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void structureWhenGlobalInitializationIsLazyIsCreatedAllTheSame() {
        runner().withUserConfiguration(Trading.class)
                .withInitializer(context -> context.addBeanFactoryPostProcessor(
                        new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    context.getBean(SegmentOpener.class);
                    try (Segment market = Segment.at(directory.resolve("market")).openReadOnly()) {
                        assertThat(market.declared()).containsKey("trades");
                    }
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Trading {

        @Bean
        StructureDefinition trades() {
            return StructureDefinition.named("market/trades")
                    .type(SharedQueue.class)
                    .elements(Trade.class)
                    .capacity(64)
                    .build();
        }

        @Bean
        StructureDefinition orderDefinition() {
            return StructureDefinition.named("market/orders")
                    .type("ring")
                    .elements("float64")
                    .capacity(100)
                    .option("overwrite", true)
                    .build();
        }

        @Bean
        StructureDefinition limits() {
            return StructureDefinition.named("market/limits")
                    .type(SharedMap.class)
                    .elements(double.class)
                    .option("key", "string(8)")
                    .capacity(16)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Desk {
        @Autowired
        SharedQueue<Trade> byType;
        @Autowired
        SharedMap<String, Double> limits;
        SharedQueue<?> byParameterName;
        SharedQueue<Trade> byQualifier;

        @Autowired
        void inject(SharedQueue<Trade> trades, @Qualifier("market.trades") SharedQueue<Trade> other) {
            this.byParameterName = trades;
            this.byQualifier = other;
        }
    }

    static class Listening {

        final BlockingQueue<Trade> received = new LinkedBlockingQueue<>();

        @ChannelListener(channels = "market/trades")
        void on(Trade trade) {
            received.add(trade);
        }
    }

    /** With proxies: one method calls another. */
    @Configuration
    static class Two {

        @Bean
        StructureDefinition first() {
            return queue("first");
        }

        @Bean
        @Primary
        StructureDefinition second() {
            assertThat(first()).isSameAs(first());
            return queue("second");
        }

        private static StructureDefinition queue(String name) {
            return StructureDefinition.named(name)
                    .type(SharedQueue.class)
                    .elements(int.class)
                    .capacity(8)
                    .mode(StructureMode.OPEN_OR_CREATE)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Chained {

        @Bean
        StructureDefinition first() {
            return Two.queue("market/first");
        }

        @Bean
        StructureDefinition copy(@Qualifier("first") StructureDefinition first) {
            return Two.queue("market/copy-of-" + first.name());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Unusual {

        @Bean
        @Scope("prototype")
        StructureDefinition first() {
            return Two.queue("market/first");
        }

        @Bean
        FactoryBean<StructureDefinition> second() {
            return new FactoryBean<>() {
                @Override
                public StructureDefinition getObject() {
                    return Two.queue("market/second");
                }

                @Override
                public Class<?> getObjectType() {
                    return StructureDefinition.class;
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Sized {

        @Value("${app.capacity}")
        private int capacity;

        @Bean
        StructureDefinition jobs() {
            return StructureDefinition.named("market/jobs")
                    .type(SharedQueue.class)
                    .elements(Codecs.int64())
                    .entryName("Jobs v1")
                    .capacity(capacity)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Scratch {

        @Bean
        SegmentDefinition scratch(Path directory) {
            SegmentBuilder file = Segment.at(directory.resolve("scratch")).size(1 << 16).onClose(OnClose.DELETE);
            return SegmentDefinition.named("scratch")
                    .structures(List.of(
                            StructureDefinition.of("jobs", SharedQueue.spec(Codecs.int64(), 64), Codecs.int64())))
                    .openedBy(file::openOrCreate);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Adding {

        @Bean
        StructureDefinition level() {
            return StructureDefinition.named("scratch/level").type(SharedState.class).elements(double.class).build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Late {

        @Autowired
        ObjectProvider<SharedRing<Integer>> frames;

        @Bean
        static SegmentDefinition simulation(Path directory) {
            return SegmentDefinition.named("simulation")
                    .structure(StructureDefinition.named("frames").type(SharedRing.class).elements(int.class).build())
                    .onReplaced(OnReplaced.REATTACH)
                    .startupFailurePolicy(StartupFailurePolicy.CONTINUE)
                    .openedBy(Segment.at(directory.resolve("simulation"))::open);
        }
    }

    static class Farewell {

        @Autowired
        SharedQueue<Trade> trades;
        boolean offered;

        @PreDestroy
        void goodbye() {
            offered = trades.offer(new Trade("BYE", 1, 1));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Filtering {

        @Bean
        Filter limiting(SharedQueue<Trade> trades) {
            return (request, response, chain) -> {
                trades.offer(new Trade("WEB", 1, 1));
                chain.doFilter(request, response);
            };
        }
    }
}
