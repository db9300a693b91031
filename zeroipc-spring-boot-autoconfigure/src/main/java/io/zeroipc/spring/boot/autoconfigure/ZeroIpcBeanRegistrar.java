package io.zeroipc.spring.boot.autoconfigure;

import java.util.function.Consumer;
import java.util.function.Function;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.BeanRegistry.SupplierContext;
import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.SegmentBean;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.StructureBean;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StartupFailurePolicy;

/**
 * Registers a bean for each segment and each structure that the properties declare.
 *
 * <p>
 * The type of a structure's bean names its element, so that a {@code SharedQueue<Trade>} is injected where one is wanted.
 * Structures of a file that may come later, or be replaced, are asked for anew at each injection; all others are
 * singletons.
 *
 * <p>
 * Public, with a public constructor, because code that is generated ahead of time calls it.
 */
@Internal
public class ZeroIpcBeanRegistrar implements BeanRegistrar {

    @Override
    public void register(BeanRegistry registry, Environment environment) {
        StartupFailurePolicy policy = policy(environment);
        BeanPlan plan = BeanPlan.of(environment);
        registry.registerBean(BeanPlan.BEAN_NAME, BeanPlan.class, spec -> spec.infrastructure().supplier(_ -> plan));
        for (SegmentBean segment : plan.segments()) {
            boolean changing = segment.segment().isChanging(policy);
            boolean optional = policy == StartupFailurePolicy.CONTINUE;
            registerSegment(registry, segment, changing, optional);
            for (StructureBean structure : segment.structures()) {
                if (!(structure.structure() instanceof UntypedStructure)) {
                    registerStructure(registry, segment, structure, changing, optional);
                }
            }
        }
        ArenaBeans.register(registry, environment, policy);
    }

    /** Registers those that beans define, beside those that the properties declare. */
    static void registerDefined(BeanRegistry registry, BeanPlan plan, Environment environment) {
        for (SegmentBean segment : plan.segments()) {
            StartupFailurePolicy policy = policy(segment, environment);
            boolean changing = segment.segment().isChanging(policy);
            boolean optional = policy == StartupFailurePolicy.CONTINUE;
            if (segment.segment() instanceof DefinedSegment) {
                registerSegment(registry, segment, changing, optional);
            }
            for (StructureBean structure : segment.structures()) {
                if (structure.structure() instanceof DefinedStructure) {
                    registerStructure(registry, segment, structure, changing, optional);
                }
            }
        }
    }

    /** Registers one that is known by now. */
    static void registerFound(BeanRegistry registry, SegmentBean segment, StructureBean structure,
            Environment environment) {
        StartupFailurePolicy policy = policy(segment, environment);
        registerStructure(registry, segment, structure, segment.segment().isChanging(policy),
                policy == StartupFailurePolicy.CONTINUE);
    }

    static StartupFailurePolicy policy(SegmentBean segment, Environment environment) {
        return segment.segment() instanceof DefinedSegment defined
                ? defined.definition().startupFailurePolicy()
                : policy(environment);
    }

    private static StartupFailurePolicy policy(Environment environment) {
        return PropertyBinding.checked(() -> Binder.get(environment)
                .bind(PropertyNames.PREFIX + ".startup-failure-policy", StartupFailurePolicy.class)
                .orElse(StartupFailurePolicy.STOP));
    }

    private static void registerSegment(BeanRegistry registry, SegmentBean segment, boolean changing,
            boolean optional) {
        String key = segment.segment().key();
        guarded(segment.name(), segment.segment().property(), segment.segment() instanceof DefinedSegment,
                () -> registry.registerBean(segment.name(), Segment.class, spec -> {
                    spec.description("Segment " + key + ", declared by " + segment.segment().property());
                    spec.supplier(
                            unlessMissing(optional, context -> context.bean(SegmentOpener.class).open(key)));
                    if (changing) {
                        spec.prototype();
                    }
                }));
    }

    private static void registerStructure(BeanRegistry registry, SegmentBean segment, StructureBean structure,
            boolean changing, boolean optional) {
        ChannelName channel = new ChannelName(segment.segment().key(), structure.structure().key());
        Function<SupplierContext, Structure> open = context -> {
            if (changing) {
                context.bean(SegmentOpener.class).open(channel.segment());
            } else {
                // First the segment: whatever is created after it is destroyed before it.
                context.bean(segment.name(), Segment.class);
            }
            return context.bean(SegmentRegistry.class).structure(channel);
        };
        String property = structure.structure().property();
        boolean defined = structure.structure().isDefined();
        guarded(structure.name(), property, defined, () -> registerStructure(registry, structure.name(),
                structure.structure().beanType(), spec -> {
                    spec.description("Structure " + channel + ", declared by " + property);
                    spec.supplier(unlessMissing(optional, open));
                    if (changing) {
                        spec.prototype();
                    }
                    if (structure.structure().isPrimary()) {
                        spec.primary();
                    }
                    if (structure.structure().isLazy()) {
                        spec.lazyInit();
                    }
                }));
        if (!structure.name().equals(structure.qualifiedName())) {
            guarded(structure.qualifiedName(), property, defined,
                    () -> registry.registerAlias(structure.name(), structure.qualifiedName()));
        }
    }

    @SuppressWarnings("unchecked") // The type is that of the structure's own class, with its element.
    private static void registerStructure(BeanRegistry registry, String name, ResolvableType type,
            Consumer<BeanRegistry.Spec<Structure>> spec) {
        ParameterizedTypeReference<?> reference = ParameterizedTypeReference.forType(type.getType());
        registry.registerBean(name, (ParameterizedTypeReference<Structure>) reference, spec);
    }

    /**
     * With the policy to go on, something missing is as if there were no bean: an ObjectProvider gives nothing, and gives
     * it as soon as it is there.
     */
    @SuppressWarnings("NullAway") // A supplier may return null, which Spring takes for an absent bean.
    private static <T> Function<SupplierContext, T> unlessMissing(boolean optional, Function<SupplierContext, T> open) {
        return context -> {
            try {
                return open.apply(context);
            } catch (SegmentNotFoundException | StructureNotFoundException e) {
                if (optional) {
                    return null;
                }
                throw e;
            }
        };
    }

    private static void guarded(String bean, String property, boolean defined, Runnable registration) {
        try {
            registration.run();
        } catch (BeanDefinitionOverrideException e) {
            String other = e.getExistingDefinition().getResourceDescription();
            throw BeanPlan.taken(bean, property, defined,
                    "a bean" + (other == null ? "" : " defined in " + other), e);
        } catch (IllegalStateException e) {
            // The alias belongs to another bean.
            throw BeanPlan.taken(bean, property, defined, "an alias of another bean", e);
        }
    }
}
