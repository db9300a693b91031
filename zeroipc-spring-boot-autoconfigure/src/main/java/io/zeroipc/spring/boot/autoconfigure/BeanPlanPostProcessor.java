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
            leaveClosingToTheRegistry(segment, beanFactory);
            describe(segment.name(), segment.segment().property(), beanFactory);
            for (StructureBean structure : segment.structures()) {
                describe(structure.name(), structure.structure().property(), beanFactory);
                String alias = structure.shortName();
                if (!alias.isEmpty() && !beanFactory.containsBean(alias)
                        && beanFactory.containsBeanDefinition(structure.name())) {
                    beanFactory.registerAlias(structure.name(), alias);
                }
            }
        }
    }

    private void describe(String bean, String property, ConfigurableListableBeanFactory beanFactory) {
        if (beanFactory.containsBeanDefinition(bean)
                && beanFactory.getBeanDefinition(bean) instanceof AbstractBeanDefinition definition) {
            definition.setResourceDescription(PropertyOrigins.describe(environment, property));
        }
    }

    /**
     * The bean of a segment is made late, and beans are destroyed in reverse: closed with it, the segment would be gone before
     * those who use it through the template. The registry is there before all of them.
     */
    private static void leaveClosingToTheRegistry(SegmentBean segment, ConfigurableListableBeanFactory beanFactory) {
        if (beanFactory.containsBeanDefinition(segment.name())
                && beanFactory.getBeanDefinition(segment.name()) instanceof AbstractBeanDefinition definition) {
            definition.setDestroyMethodName("");
        }
    }
}
