package io.zeroipc.spring.boot.autoconfigure;

import java.util.LinkedHashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotContribution;
import org.springframework.beans.factory.aot.BeanFactoryInitializationAotProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

import io.zeroipc.segment.Structure;

/**
 * Keeps the records that structures carry usable in a native image, where their names stand in properties alone. Those
 * that are declared when the image is built; others need a hint of the application.
 */
class ElementTypeAotProcessor implements BeanFactoryInitializationAotProcessor {

    @Override
    public @Nullable BeanFactoryInitializationAotContribution processAheadOfTime(
            ConfigurableListableBeanFactory beanFactory) {
        Set<Class<?>> records = new LinkedHashSet<>();
        for (String bean : beanFactory.getBeanNamesForType(Structure.class, true, false)) {
            for (ResolvableType element : beanFactory.getMergedBeanDefinition(bean).getResolvableType().getGenerics()) {
                Class<?> type = element.resolve();
                if (type != null && type.isRecord()) {
                    records.add(type);
                }
            }
        }
        if (records.isEmpty()) {
            return null;
        }
        return (generation, _) -> new BindingReflectionHintsRegistrar().registerReflectionHints(
                generation.getRuntimeHints().reflection(), records.toArray(Class<?>[]::new));
    }
}
