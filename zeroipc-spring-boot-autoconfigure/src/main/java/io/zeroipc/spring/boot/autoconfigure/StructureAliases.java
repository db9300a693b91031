package io.zeroipc.spring.boot.autoconfigure;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.zeroipc.spring.boot.autoconfigure.BeanPlan.SegmentBean;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.StructureBean;

/**
 * Gives structures their short names, which parameters are usually called. Comes after the registration of all beans: an
 * alias hides a bean of the same name, so it is only for names that nobody has.
 */
class StructureAliases implements BeanFactoryPostProcessor {

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        BeanPlan plan = beanFactory.getBean(BeanPlan.BEAN_NAME, BeanPlan.class);
        for (SegmentBean segment : plan.segments()) {
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
