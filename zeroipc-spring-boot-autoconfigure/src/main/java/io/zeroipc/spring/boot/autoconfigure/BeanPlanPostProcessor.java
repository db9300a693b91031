package io.zeroipc.spring.boot.autoconfigure;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.env.Environment;

import io.zeroipc.spring.boot.autoconfigure.BeanPlan.SegmentBean;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.StructureBean;

/**
 * What the registrar cannot say of its beans: the short names of structures, which parameters are usually called, where they are
 * declared, for the messages of Spring, and that the registry closes segments. Comes after the registration of all beans: an alias hides a bean of the same name, so it is only
 * for names that nobody has.
 */
class BeanPlanPostProcessor implements BeanFactoryPostProcessor {

    private final Environment environment;

    BeanPlanPostProcessor(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        BeanPlan plan = beanFactory.getBean(BeanPlan.BEAN_NAME, BeanPlan.class);
        for (SegmentBean segment : plan.segments()) {
            complete(segment.name(), PropertyOrigins.describe(environment, segment.segment().property()), true,
                    beanFactory);
            for (StructureBean structure : segment.structures()) {
                complete(structure.name(), PropertyOrigins.describe(environment, structure.structure().property()),
                        false, beanFactory);
                addShortName(structure, beanFactory);
            }
        }
    }

    static void addShortName(StructureBean structure, ConfigurableListableBeanFactory beanFactory) {
        String alias = structure.shortName();
        if (!alias.isEmpty() && !beanFactory.containsBean(alias)
                && beanFactory.containsBeanDefinition(structure.name())) {
            beanFactory.registerAlias(structure.name(), alias);
        }
    }

    /**
     * Says where a bean comes from, and that segments are left to the registry to be closed: their beans are made late, and beans are
     * destroyed in reverse, so that a segment closed with its bean would be gone before those who use it through the template. The
     * registry is there before all of them.
     */
    static void complete(String bean, String place, boolean isSegment, ConfigurableListableBeanFactory beanFactory) {
        if (beanFactory.containsBeanDefinition(bean)
                && beanFactory.getBeanDefinition(bean) instanceof AbstractBeanDefinition definition) {
            definition.setResourceDescription(place);
            if (isSegment) {
                definition.setDestroyMethodName("");
            }
        }
    }
}
