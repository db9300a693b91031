package io.zeroipc.spring.cloud.stream.binder.config;

import java.nio.file.Path;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

import io.zeroipc.segment.Segment;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcConnectionDetails;
import io.zeroipc.spring.config.ChannelListenerAnnotationBeanPostProcessor;
import io.zeroipc.spring.config.ChannelListenerContainerFactory;
import io.zeroipc.spring.config.DefaultChannelListenerContainerFactory;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.SegmentRegistry;

/**
 * Where a binder's segments are registered, and what makes its listeners: in the application, whose health, meters and endpoints show
 * them then; or with the binder itself, where it was told of another directory, or the application has no segments of its own.
 *
 * @param loader of the application's classes
 * @param owned the registry, where it is the binder's own and ends with it
 */
record BinderSegments(SegmentRegistry registry, ChannelListenerContainerFactory containers, Path baseDirectory,
        String filePrefix, @Nullable ClassLoader loader, @Nullable DefaultSegmentRegistry owned)
        implements AutoCloseable {

    private static final String OUTER_CONTEXT = "outerContext";
    private static final String BASE_DIRECTORY = "zeroipc.base-directory";
    private static final String FILE_PREFIX = "zeroipc.file-prefix";

    /** @param context of the binder, which may have the application as its parent, or as a bean */
    static BinderSegments of(ApplicationContext context) {
        ApplicationContext application = context.containsBean(OUTER_CONTEXT)
                ? context.getBean(OUTER_CONTEXT, ApplicationContext.class)
                : context;
        SegmentRegistry shared = application.getBeanProvider(SegmentRegistry.class).getIfUnique();
        if (shared == null || !isSame(BASE_DIRECTORY, context, application)
                || !isSame(FILE_PREFIX, context, application)) {
            return own(context.getEnvironment(), loaderOf(application));
        }
        ZeroIpcConnectionDetails details = application.getBean(ZeroIpcConnectionDetails.class);
        return new BinderSegments(shared, containers(application, shared), details.getBaseDirectory(),
                details.getFilePrefix(), loaderOf(application), null);
    }

    /** Not that of the thread which comes first: it may be one of a pool that sees no class of an executable jar. */
    private static @Nullable ClassLoader loaderOf(ApplicationContext application) {
        return application instanceof ConfigurableApplicationContext known
                ? known.getBeanFactory().getBeanClassLoader()
                : application.getClassLoader();
    }

    private static BinderSegments own(Environment environment, @Nullable ClassLoader loader) {
        Binder binder = Binder.get(environment);
        DefaultSegmentRegistry registry = new DefaultSegmentRegistry();
        return new BinderSegments(registry, new DefaultChannelListenerContainerFactory(registry),
                binder.bind(BASE_DIRECTORY, Path.class).orElseGet(Segment::defaultDirectory),
                binder.bind(FILE_PREFIX, String.class).orElse(""), loader, registry);
    }

    private static ChannelListenerContainerFactory containers(ApplicationContext application,
            SegmentRegistry registry) {
        String name = ChannelListenerAnnotationBeanPostProcessor.DEFAULT_CONTAINER_FACTORY;
        return application.containsBean(name)
                ? application.getBean(name, ChannelListenerContainerFactory.class)
                : new DefaultChannelListenerContainerFactory(registry);
    }

    private static boolean isSame(String property, ApplicationContext one, ApplicationContext other) {
        return Objects.equals(Binder.get(one.getEnvironment()).bind(property, String.class).orElse(""),
                Binder.get(other.getEnvironment()).bind(property, String.class).orElse(""));
    }

    @Override
    public void close() {
        if (owned != null) {
            owned.close();
        }
    }
}
