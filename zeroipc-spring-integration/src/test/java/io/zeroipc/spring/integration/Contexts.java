package io.zeroipc.spring.integration;

import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.BeanNameAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.integration.config.EnableIntegration;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.core.ZeroIpcOperations;

/** Contexts with a segment called market in a directory that the test deletes. */
public final class Contexts {

    private static final String STRUCTURES = "zeroipc.segments.market.structures.";

    /** A record that lies in shared memory as it is. */
    public record Trade(int id, double price) {}

    /** What is done with a component that is ready. */
    @FunctionalInterface
    public interface Use {

        void of(ZeroIpcOperations template) throws Exception;
    }

    private Contexts() {
    }

    /** With queues of trades, of which one is small and one keeps what is not acknowledged, a ring of trades, and queues of frames. */
    public static ApplicationContextRunner market(Path directory) {
        return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class))
                .withInitializer(context -> ConfigurationPropertySources.attach(context.getEnvironment()))
                .withUserConfiguration(Integration.class)
                .withPropertyValues("zeroipc.base-directory=" + directory)
                .withPropertyValues(structure("trades", "queue", Trade.class.getName(), 64))
                .withPropertyValues(structure("few", "queue", Trade.class.getName(), 2))
                .withPropertyValues(structure("kept", "queue", Trade.class.getName(), 64))
                .withPropertyValues(STRUCTURES + "kept.options.on-consumer-death=redeliver")
                .withPropertyValues(structure("ring", "ring", Trade.class.getName(), 64))
                .withPropertyValues(structure("frames", "queue", "frame(512)", 64))
                .withPropertyValues(structure("replies", "queue", "frame(512)", 64))
                .withPropertyValues(structure("letters", "queue", "frame(1024)", 64));
    }

    /** Makes a component ready in a {@linkplain #market context}, though it is no bean of it, and destroys it. */
    public static <C extends BeanFactoryAware & BeanNameAware & InitializingBean & DisposableBean> void use(
            Path directory, C component, Use use) {
        market(directory).run(context -> {
            component.setBeanFactory(context.getBeanFactory());
            component.setBeanName("component");
            component.afterPropertiesSet();
            try {
                use.of(context.getBean(ZeroIpcOperations.class));
            } finally {
                component.destroy();
            }
        });
    }

    private static String[] structure(String name, String type, String elementType, int capacity) {
        return Stream.of("type=" + type, "element-type=" + elementType, "capacity=" + capacity)
                .map(property -> STRUCTURES + name + "." + property)
                .toArray(String[]::new);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Integration {}

    /** What Spring Boot prints when a start has failed so. */
    public static FailureAnalysis analyze(Throwable failure) {
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, FailureHandler.logging(LogFactory.getLog(Contexts.class)))
                .stream()
                .map(analyzer -> analyzer.analyze(failure))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }
}
