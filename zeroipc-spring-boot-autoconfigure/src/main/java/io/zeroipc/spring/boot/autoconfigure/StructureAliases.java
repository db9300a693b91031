package io.zeroipc.spring.boot.autoconfigure;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

import io.zeroipc.spring.boot.autoconfigure.BeanPlan.SegmentBean;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.StructureBean;

/**
 * Gives structures their short names, which parameters are usually called. Comes after the registration of all beans: an
 * alias hides a bean of the same name, so it is only for names that nobody has.
 */
class StructureAliases implements BeanFactoryPostProcessor {

    private final Environment environment;

    StructureAliases(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        for (SegmentBean segment : BeanPlan.of(environment).segments()) {
            for (StructureBean structure : segment.structures()) {
                String alias = structure.shortName();
                if (!alias.isEmpty() && !beanFactory.containsBean(alias)
                        && beanFactory.containsBeanDefinition(structure.name())) {
                    beanFactory.registerAlias(structure.name(), alias);
                }
            }
        }
    }
}
