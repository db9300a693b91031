package io.zeroipc.spring.boot.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.BeanRegistry.SupplierContext;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

import io.zeroipc.codec.Codec;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.manifest.PackedArray;
import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.ArenaUnavailableException;
import io.zeroipc.spring.core.StartupFailurePolicy;

/**
 * A bean for each packed arena, {@code weatherArena}, and for each array whose elements are known, {@code weather.grid}. Arrays are
 * asked for anew at each injection, since a new manifest may have put them elsewhere.
 */
final class ArenaBeans implements BeanFactoryPostProcessor {

    private final Environment environment;

    ArenaBeans(Environment environment) {
        this.environment = environment;
    }

    static void register(BeanRegistry registry, Environment environment, StartupFailurePolicy policy) {
        boolean optional = policy == StartupFailurePolicy.CONTINUE;
        for (ConfiguredArena arena : ConfiguredArena.readAll(environment)) {
            registry.registerBean(arena.beanName(), PackedArena.class, spec -> {
                spec.description("Arena " + arena.key() + ", declared by " + arena.property());
                spec.supplier(unlessAbsent(optional, context -> context.bean(ArenaRegistry.class).get(arena.key())));
                if (optional) {
                    spec.prototype();
                }
            });
            arena.codecs().forEach((name, codec) -> register(registry, arena, name, codec, optional));
        }
    }

    @SuppressWarnings("unchecked") // The type is that of the array, with its element.
    private static void register(BeanRegistry registry, ConfiguredArena arena, String name, Codec<?> codec,
            boolean optional) {
        ResolvableType type = ResolvableType.forClassWithGenerics(PackedArray.class, codec.type());
        ParameterizedTypeReference<?> reference = ParameterizedTypeReference.forType(type.getType());
        registry.registerBean(arena.beanName(name), (ParameterizedTypeReference<PackedArray<?>>) reference, spec -> {
            spec.description("Array " + arena.key() + "/" + name + ", of an arena declared by " + arena.property());
            spec.supplier(unlessAbsent(optional,
                    context -> context.bean(ArenaRegistry.class).array(arena.key(), name, codec)));
            spec.prototype();
        });
    }

    /** As with segments: with the policy to go on, something absent is as if there were no bean. */
    @SuppressWarnings("NullAway") // A supplier may return null, which Spring takes for an absent bean.
    private static <T> Function<SupplierContext, T> unlessAbsent(boolean optional, Function<SupplierContext, T> open) {
        return context -> {
            try {
                return open.apply(context);
            } catch (ArenaUnavailableException e) {
                if (optional && e.isAbsent()) {
                    return null;
                }
                throw e;
            }
        };
    }

    /** Says where the beans come from, and that the registry closes arenas, since it is there before all of them. */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        List<ConfiguredArena> arenas = ConfiguredArena.readAll(environment);
        for (ConfiguredArena arena : arenas) {
            String place = PropertyOrigins.describe(environment, arena.property());
            BeanPlanPostProcessor.complete(arena.beanName(), place, true, beanFactory);
            Map<String, Codec<?>> codecs = arena.codecs();
            for (String name : codecs.keySet()) {
                BeanPlanPostProcessor.complete(arena.beanName(name), place, false, beanFactory);
            }
        }
    }
}
