package io.zeroipc.spring.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.BeanFactoryInitializer;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.BeanRegistryAdapter;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.SegmentBean;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.StructureBean;
import io.zeroipc.spring.core.InvalidStructureDefinitionException;
import io.zeroipc.spring.core.NearMatches;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StartupFailurePolicy;
import io.zeroipc.spring.core.StructureDefinition;

/**
 * Reads the beans that define segments and structures, and registers a bean for each of these, as the registrar does for those of the
 * properties. What a definition says is only known once it is made, so this comes after the registration of all other beans; and
 * before anybody else is made who may want one of them, a servlet filter for example: with the first bean that is made after
 * the post-processors, at the latest when the context initializes its singletons.
 *
 * <p>
 * Not ordered, and so registered after all post-processors are made: definitions and the configurations that make them are processed
 * like other beans.
 */
class DefinitionBeans
        implements InstantiationAwareBeanPostProcessor, BeanFactoryInitializer<DefaultListableBeanFactory>,
        BeanFactoryAware, EnvironmentAware {

    private static final Log LOG = LogFactory.getLog(DefinitionBeans.class);

    private @Nullable DefaultListableBeanFactory beanFactory;
    private @Nullable Environment environment;
    private @Nullable BeanPlan plan;
    private boolean reading;

    @Override
    public void setBeanFactory(BeanFactory factory) {
        this.beanFactory = (DefaultListableBeanFactory) factory;
    }

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> beanClass, String beanName) throws BeansException {
        if (plan == null && !reading) {
            plan();
        }
        return null;
    }

    @Override
    public void initialize(DefaultListableBeanFactory factory) {
        plan();
    }

    /** What properties and beans declare. */
    BeanPlan plan() {
        BeanPlan known = plan;
        if (known != null) {
            return known;
        }
        if (reading) {
            throw new NotReadYetException();
        }
        Assert.state(beanFactory != null && environment != null, "definitions are read outside of a context");
        reading = true;
        try {
            Reader reader = new Reader(beanFactory, environment);
            BeanPlan read = reader.read();
            plan = read;
            reader.find(read);
            return read;
        } finally {
            reading = false;
        }
    }

    /** Somebody whom a definition needs asks for segments, which are made of definitions. */
    private static final class NotReadYetException extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        NotReadYetException() {
            super("a definition of a segment or structure asks for segments, which are made of definitions");
        }
    }

    private record Reader(DefaultListableBeanFactory beanFactory, Environment environment,
            Map<String, DeclaredSegment> segments, Map<String, Object> definitions) {

        Reader(DefaultListableBeanFactory beanFactory, Environment environment) {
            this(beanFactory, environment, new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        BeanPlan read() {
            BeanPlan configured = beanFactory.getBean(BeanPlan.BEAN_NAME, BeanPlan.class);
            if (!environment.getProperty(PropertyNames.PREFIX + ".enabled", Boolean.class, true)) {
                return configured;
            }
            configured.segments().forEach(bean -> segments.put(bean.segment().key(), bean.segment()));
            // Of any scope, and factory beans included that say what they make: none is left out in silence.
            for (String bean : beanFactory.getBeanNamesForType(SegmentDefinition.class, true, false)) {
                add(bean, make(bean, SegmentDefinition.class));
            }
            for (String bean : beanFactory.getBeanNamesForType(StructureDefinition.class, true, false)) {
                add(bean, make(bean, StructureDefinition.class));
            }
            String primary = primarySegment();
            ConfiguredSegment.checkPrimary(primary, segments.keySet());
            if (definitions.isEmpty()) {
                return configured;
            }
            BeanPlan all = BeanPlan.of(List.copyOf(segments.values()));
            new BeanRegistryAdapter(beanFactory, environment, ZeroIpcBeanRegistrar.class)
                    .register((registry, _) -> ZeroIpcBeanRegistrar.registerDefined(registry, all, environment));
            complete(configured, all);
            keepDefinitions();
            return all;
        }

        private <T> T make(String bean, Class<T> type) {
            try {
                return beanFactory.getBean(bean, type);
            } catch (BeanCreationException e) {
                for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                    if (cause instanceof NoSuchBeanDefinitionException missing && isOurs(missing)) {
                        throw tooEarly(bean, "a bean of type " + missing.getResolvableType(), e);
                    }
                    if (cause instanceof NotReadYetException) {
                        throw tooEarly(bean, "something that knows all segments", e);
                    }
                    if (cause instanceof InvalidStructureDefinitionException invalid) {
                        InvalidZeroIpcPropertyException parts = InvalidZeroIpcPropertyException.of("", null,
                                new IllegalArgumentException(invalid.problem(), e), "Correct the definition.");
                        throw new InvalidDefinitionException(describe(bean),
                                "structure '" + invalid.channel() + "': " + parts.problem(), parts.remedy(), e);
                    }
                }
                throw e;
            } catch (BeanNotOfRequiredTypeException e) {
                throw new InvalidDefinitionException(describe(bean), "it is null, and no definition",
                        "Return a definition; to have none at times, put a condition to the method, @Profile or"
                                + " @ConditionalOnProperty for example.",
                        e);
            }
        }

        private InvalidDefinitionException tooEarly(String bean, String needed, BeanCreationException cause) {
            return new InvalidDefinitionException(describe(bean),
                    "to make it, " + needed + " is needed, and there is none before all definitions are made",
                    "Make the method static, or move it to another configuration class, if it is its class that is"
                            + " given the bean; otherwise take the parameter away.",
                    cause);
        }

        private static boolean isOurs(NoSuchBeanDefinitionException missing) {
            ResolvableType type = missing.getResolvableType();
            return type != null && (Structure.class.isAssignableFrom(type.toClass())
                    || Segment.class.isAssignableFrom(type.toClass()));
        }

        private void add(String bean, SegmentDefinition definition) {
            definitions.put(bean, definition);
            DeclaredSegment other = segments.putIfAbsent(definition.name(),
                    DefinedSegment.of(describe(bean), definition));
            if (other != null) {
                throw new InvalidDefinitionException(describe(bean),
                        "segment '" + definition.name() + "' is declared twice: by this bean, and by " + place(other),
                        "Remove one of the two, or give one of them another name: both say how it is opened, so they are not"
                                + " merged. To add structures to the other one, declare beans of type StructureDefinition.");
            }
        }

        private void add(String bean, StructureDefinition definition) {
            definitions.put(bean, definition);
            String name = definition.segment() != null ? definition.segment() : ownerOf(bean, definition);
            DeclaredSegment segment = segments.get(name);
            if (segment == null) {
                throw new InvalidDefinitionException(describe(bean),
                        "structure '" + name + "/" + definition.name() + "' is to be in segment '" + name
                                + "', which nobody declares",
                        NearMatches.question(name, segments.keySet()) + declared() + " Correct the name, or declare '"
                                + PropertyNames.segment(name) + "', with its size for example, or a bean of type"
                                + " SegmentDefinition.");
            }
            boolean primary = beanFactory.containsBeanDefinition(bean)
                    && beanFactory.getMergedBeanDefinition(bean).isPrimary();
            DefinedStructure.requireUnique(describe(bean), definition, segment, this::place);
            segments.put(name,
                    segment.with(definition.isAsCreated()
                            ? UntypedStructure.of(describe(bean), definition, primary)
                            : DefinedStructure.of(describe(bean), definition, segment, primary)));
        }

        private String ownerOf(String bean, StructureDefinition definition) {
            String primary = primarySegment();
            if (primary != null) {
                return primary;
            }
            if (segments.size() == 1) {
                return segments.keySet().iterator().next();
            }
            throw new InvalidDefinitionException(describe(bean),
                    "structure '" + definition.name() + "' says no segment, and there is no primary one", declared()
                            + " Name the structure 'segment/" + definition.name() + "', or set '" + PropertyNames.PREFIX
                            + ".primary-segment'.");
        }

        private String declared() {
            return segments.isEmpty()
                    ? "No segment is declared."
                    : "Declared are: " + String.join(", ", segments.keySet()) + ".";
        }

        private @Nullable String primarySegment() {
            return Binder.get(environment).bind(PropertyNames.PREFIX + ".primary-segment", String.class).orElse(null);
        }

        private String place(DeclaredSegment segment) {
            return PropertyOrigins.describe(environment, segment.property());
        }

        private String place(DeclaredStructure structure) {
            return PropertyOrigins.describe(environment, structure.property());
        }

        /** The bean, and where it is made. */
        private String describe(String bean) {
            String text = "bean '" + bean + "'";
            if (!beanFactory.containsBeanDefinition(bean)) {
                return text;
            }
            BeanDefinition definition = beanFactory.getMergedBeanDefinition(bean);
            String resource = definition.getResourceDescription();
            String method = definition.getFactoryMethodName();
            return text + (method == null ? "" : ", made by method '" + method + "'")
                    + (resource == null ? "" : (method == null ? ", defined in " : " in ") + resource);
        }

        /**
         * Opens the segments in which somebody else knows what a structure is, as the start of the application would do in a
         * moment, and registers the beans of these structures. One that is not there is registered all the same, as a structure of
         * whatever type.
         */
        void find(BeanPlan plan) {
            for (SegmentBean segment : plan.segments()) {
                List<StructureBean> untyped = segment.structures()
                        .stream()
                        .filter(structure -> structure.structure() instanceof UntypedStructure)
                        .toList();
                if (!untyped.isEmpty()) {
                    Segment opened = open(segment);
                    for (StructureBean structure : untyped) {
                        StructureBean found = find(structure, opened);
                        if (found.equals(structure)) {
                            LOG.info(
                                    "structure has no type and is not there yet, so it is not injected by its type: bean="
                                            + structure.name()
                                            + " (expected: a type in its declaration, if somebody is to be given it)");
                        }
                        register(segment, found);
                    }
                }
            }
        }

        private @Nullable Segment open(SegmentBean segment) {
            try {
                return beanFactory.getBean(SegmentOpener.class).open(segment.segment().key());
            } catch (SegmentNotFoundException e) {
                if (ZeroIpcBeanRegistrar.policy(segment, environment) != StartupFailurePolicy.CONTINUE) {
                    throw e;
                }
                return null;
            }
        }

        private static StructureBean find(StructureBean bean, @Nullable Segment opened) {
            if (opened == null || !(bean.structure() instanceof UntypedStructure structure)) {
                return bean;
            }
            try {
                return new StructureBean(structure.as(structure.definition().foundIn(opened)), bean.name(),
                        bean.qualifiedName(), bean.shortName());
            } catch (StructureNotFoundException e) {
                return bean;
            }
        }

        private void register(SegmentBean segment, StructureBean structure) {
            new BeanRegistryAdapter(beanFactory, environment, ZeroIpcBeanRegistrar.class)
                    .register((registry, _) -> ZeroIpcBeanRegistrar.registerFound(registry, segment, structure,
                            environment));
            BeanPlanPostProcessor.complete(structure.name(), place(structure.structure()), false, beanFactory);
            moveAside(structure.shortName());
            BeanPlanPostProcessor.addShortName(structure, beanFactory);
        }

        /** What cannot be said to the registrar, as for the beans of the properties. */
        private void complete(BeanPlan configured, BeanPlan all) {
            Set<String> present = shortNames(all);
            for (SegmentBean segment : configured.segments()) {
                for (StructureBean structure : segment.structures()) {
                    // Another one is called so as well, and neither can have the short name.
                    if (!structure.shortName().isEmpty() && !present.contains(structure.shortName())
                            && List.of(beanFactory.getAliases(structure.name())).contains(structure.shortName())) {
                        beanFactory.removeAlias(structure.shortName());
                    }
                }
            }
            for (SegmentBean segment : all.segments()) {
                if (segment.segment() instanceof DefinedSegment) {
                    BeanPlanPostProcessor.complete(segment.name(), segment.segment().property(), true, beanFactory);
                }
                for (StructureBean structure : segment.structures()) {
                    if (structure.structure() instanceof DefinedStructure) {
                        BeanPlanPostProcessor.complete(structure.name(), structure.structure().property(), false,
                                beanFactory);
                        moveAside(structure.shortName());
                        BeanPlanPostProcessor.addShortName(structure, beanFactory);
                    }
                }
            }
        }

        private static Set<String> shortNames(BeanPlan plan) {
            return plan.segments()
                    .stream()
                    .flatMap(segment -> segment.structures().stream())
                    .map(StructureBean::shortName)
                    .collect(Collectors.toSet());
        }

        /** A definition is usually called like the structure, and it is the structure that is wanted by this name. */
        private void moveAside(String name) {
            String other = name + "Definition";
            Object definition = definitions.get(name);
            if (definition != null && beanFactory.containsBeanDefinition(name) && !beanFactory.containsBean(other)) {
                beanFactory.removeBeanDefinition(name);
                beanFactory.registerSingleton(other, definition);
            }
        }

        /** Those that were made of others that were moved went with them, and cannot be made again. */
        private void keepDefinitions() {
            definitions.forEach((name, definition) -> {
                if (beanFactory.containsBeanDefinition(name) && !beanFactory.containsSingleton(name)) {
                    beanFactory.removeBeanDefinition(name);
                    beanFactory.registerSingleton(name, definition);
                }
            });
        }
    }
}
