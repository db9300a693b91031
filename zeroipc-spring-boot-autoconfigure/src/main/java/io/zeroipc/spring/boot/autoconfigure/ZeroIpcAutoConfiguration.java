package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.converter.PayloadConverter;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.ZeroIpcTemplateCustomizer;
import io.zeroipc.spring.observation.ZeroIpcObservations;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of segments and structures as beans, the registry of them, the
 * template and the listeners.
 */
@AutoConfiguration
@ConditionalOnClass(Segment.class)
@ConditionalOnBooleanProperty(name = "zeroipc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ZeroIpcProperties.class)
@Import({ZeroIpcBeanRegistrar.class, ZeroIpcAnnotationDrivenConfiguration.class})
public final class ZeroIpcAutoConfiguration {

    ZeroIpcAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean(ZeroIpcConnectionDetails.class)
    PropertiesZeroIpcConnectionDetails zeroIpcConnectionDetails(ZeroIpcProperties properties) {
        return new PropertiesZeroIpcConnectionDetails(properties);
    }

    @Bean
    DeclaredSegments declaredSegments(DefinitionBeans definitions, ZeroIpcConnectionDetails connectionDetails) {
        return new DeclaredSegments(definitions.plan(), connectionDetails);
    }

    @Bean
    @ConditionalOnMissingBean(SegmentRegistry.class)
    DefaultSegmentRegistry segmentRegistry(DefinitionBeans beans, ZeroIpcProperties properties,
            ZeroIpcConnectionDetails connectionDetails, BeanFactory beanFactory, Environment environment) {
        SegmentDefinitions segments = new SegmentDefinitions(properties, connectionDetails,
                environment.getProperty("spring.application.name", ""), name -> beanFactory.getBean(name, Codec.class));
        List<SegmentDefinition> declared = segments.create(beans.plan());
        String primary = properties.primarySegment();
        // The only one stays the one that short names mean, also when a library, such as a binder, adds others.
        return new DefaultSegmentRegistry(declared,
                primary == null && declared.size() == 1 ? declared.getFirst().name() : primary);
    }

    @Bean
    @ConditionalOnMissingBean
    PayloadConverters zeroIpcPayloadConverters(ObjectProvider<PayloadConverter> converters) {
        return new PayloadConverters(converters.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean(ZeroIpcOperations.class)
    ZeroIpcTemplate zeroIpcTemplate(SegmentRegistry registry, ZeroIpcProperties properties,
            PayloadConverters converters, ObjectProvider<ZeroIpcObservations> observations,
            ObjectProvider<ZeroIpcTemplateCustomizer> customizers) {
        ZeroIpcProperties.Template settings = properties.template();
        ZeroIpcTemplate template = new ZeroIpcTemplate(registry);
        template.setPayloadConverters(converters);
        template.setDefaultChannel(settings.defaultChannel());
        template.setReplyChannel(settings.replyChannel());
        template.setSendTimeout(settings.sendTimeout());
        template.setFullAction(settings.fullAction());
        template.setReceiveTimeout(settings.receiveTimeout());
        template.setEnvelopeEnabled(settings.envelopeEnabled());
        if (settings.observationEnabled()) {
            template.setObservations(observations.getIfUnique());
        }
        customizers.orderedStream().forEach(customizer -> customizer.customize(template));
        return template;
    }

    @Bean
    TemplateChannelsCheck templateChannelsCheck(SegmentRegistry registry, ZeroIpcProperties properties) {
        return new TemplateChannelsCheck(registry, properties.template());
    }

    @Bean
    SegmentOpener segmentOpener(SegmentRegistry registry, DeclaredSegments declared) {
        return new SegmentOpener(registry, declared);
    }

    @Bean
    ManifestWriter zeroIpcManifestWriter(SegmentRegistry registry, DefinitionBeans definitions,
            ZeroIpcConnectionDetails connectionDetails) {
        return new ManifestWriter(registry, SegmentDefinitions.manifests(definitions.plan(), connectionDetails));
    }

    @Bean
    ArenaRegistry arenaRegistry(ZeroIpcProperties properties, ZeroIpcConnectionDetails connectionDetails) {
        return new ArenaRegistry(ConfiguredArena.readAll(properties)
                .stream()
                .map(arena -> arena.definition(properties, connectionDetails::getPath))
                .toList());
    }

    @Bean
    static ArenaBeans arenaBeans(Environment environment) {
        return new ArenaBeans(environment);
    }

    @Bean
    static BeanPlanPostProcessor beanPlanPostProcessor(Environment environment) {
        return new BeanPlanPostProcessor(environment);
    }

    @Bean
    static DefinitionBeans definitionBeans() {
        return new DefinitionBeans();
    }

    /** A segment that is opened when somebody first asks would be missed by its peers, and by health and meters. */
    @Bean
    static LazyInitializationExcludeFilter segmentLazyInitializationExcludeFilter() {
        return LazyInitializationExcludeFilter.forBeanTypes(SegmentOpener.class, ManifestWriter.class,
                ArenaRegistry.class);
    }
}
