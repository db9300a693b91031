package io.zeroipc.spring.config;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;

import io.zeroipc.spring.converter.PayloadConverter;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.core.ZeroIpcTemplateCustomizer;
import io.zeroipc.spring.listener.ListenerInterceptor;

/** Adds the beans that listeners need and nobody has declared, after everybody else had the chance to. */
final class ZeroIpcDefaults implements BeanDefinitionRegistryPostProcessor, Ordered {

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        if (!(registry instanceof ListableBeanFactory beans)) {
            return;
        }
        if (isMissing(beans, SegmentRegistry.class)) {
            add(registry, "segmentRegistry", DefaultSegmentRegistry.class);
        }
        if (isMissing(beans, PayloadConverters.class)) {
            add(registry, "zeroIpcPayloadConverters", PayloadConverters.class);
        }
        if (!registry.containsBeanDefinition(ChannelListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY)) {
            add(registry, ChannelListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY,
                    DefaultChannelListenerContainerFactory.class);
        }
        if (isMissing(beans, ZeroIpcOperations.class)) {
            add(registry, "zeroIpcTemplate", ZeroIpcTemplate.class);
        }
    }

    private static boolean isMissing(ListableBeanFactory beans, Class<?> type) {
        return beans.getBeanNamesForType(type, true, false).length == 0;
    }

    /** Made by the method below that is called like the bean: a form that ahead-of-time processing understands. */
    private static void add(BeanDefinitionRegistry registry, String name, Class<?> type) {
        RootBeanDefinition definition = new RootBeanDefinition(ZeroIpcDefaults.class);
        definition.setFactoryMethodName(name);
        definition.setTargetType(type);
        definition.setAutowireMode(AutowireCapableBeanFactory.AUTOWIRE_CONSTRUCTOR);
        registry.registerBeanDefinition(name, definition);
    }

    static DefaultSegmentRegistry segmentRegistry(ObjectProvider<SegmentDefinition> definitions) {
        return new DefaultSegmentRegistry(definitions.orderedStream().toList(), null);
    }

    static PayloadConverters zeroIpcPayloadConverters(ObjectProvider<PayloadConverter> converters) {
        return new PayloadConverters(converters.orderedStream().toList());
    }

    static DefaultChannelListenerContainerFactory channelListenerContainerFactory(SegmentRegistry segments,
            PayloadConverters converters, ObjectProvider<ContainerCustomizer> customizers,
            ObjectProvider<ListenerInterceptor> interceptors) {
        DefaultChannelListenerContainerFactory factory = new DefaultChannelListenerContainerFactory(segments);
        factory.getDefaults().setPayloadConverters(converters);
        customizers.orderedStream().forEach(factory::addCustomizer);
        interceptors.orderedStream().forEach(factory::addInterceptor);
        return factory;
    }

    static ZeroIpcTemplate zeroIpcTemplate(SegmentRegistry segments, PayloadConverters converters,
            ObjectProvider<ZeroIpcTemplateCustomizer> customizers) {
        ZeroIpcTemplate template = new ZeroIpcTemplate(segments);
        template.setPayloadConverters(converters);
        customizers.orderedStream().forEach(customizer -> customizer.customize(template));
        return template;
    }
}
