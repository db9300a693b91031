package io.zeroipc.documentation;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.stereotype.Component;

/** What a page shows as an application: its configuration, and its components, which get what they ask for. */
final class PageApplication implements AutoCloseable {

    private final URLClassLoader loader;
    private final ConfigurableApplicationContext context;

    private PageApplication(URLClassLoader loader, ConfigurableApplicationContext context) {
        this.loader = loader;
        this.context = context;
    }

    /**
     * Compiles the page and starts it.
     *
     * @param segments directory of its segments
     * @param properties that win over those of the page
     * @param more classes beside its components
     */
    static PageApplication start(String page, Path classes, Path segments, Map<String, Object> properties,
            Class<?>... more) throws Exception {
        JavaSnippets.compilePage(blocks(page, "java"), classes);
        URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()});
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        boolean started = false;
        try {
            // Where an application's own classes are: element types are looked up there.
            thread.setContextClassLoader(loader);
            List<Class<?>> components = components(classes, loader);
            components.addAll(List.of(more));
            ConfigurableApplicationContext context = new SpringApplicationBuilder(Main.class)
                    .sources(components.toArray(Class<?>[]::new))
                    .resourceLoader(new DefaultResourceLoader(loader))
                    .web(WebApplicationType.NONE)
                    .properties("zeroipc.base-directory=" + segments, "spring.main.banner-mode=off")
                    .initializers(starting -> {
                        MutablePropertySources sources = starting.getEnvironment().getPropertySources();
                        blocks(page, "yaml").forEach(block -> load(block).forEach(sources::addFirst));
                        sources.addFirst(new MapPropertySource("test", properties));
                    })
                    .run();
            started = true;
            return new PageApplication(loader, context);
        } finally {
            thread.setContextClassLoader(before);
            if (!started) {
                loader.close();
            }
        }
    }

    private static List<Snippet> blocks(String page, String language) {
        return Snippet.of(page).stream().filter(snippet -> snippet.language().equals(language)).toList();
    }

    private static List<PropertySource<?>> load(Snippet configuration) {
        try {
            return new YamlPropertySourceLoader().load(configuration.toString(),
                    new ByteArrayResource(configuration.text().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static List<Class<?>> components(Path classes, ClassLoader loader) throws Exception {
        List<Class<?>> components = new ArrayList<>();
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
                Class<?> type = loader.loadClass(file.getFileName().toString().replaceFirst("\\.class$", ""));
                if (AnnotatedElementUtils.hasAnnotation(type, Component.class)) {
                    components.add(type);
                }
            }
        }
        return components;
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    /** A class of the page. */
    Class<?> type(String name) throws ClassNotFoundException {
        return loader.loadClass(name);
    }

    @Override
    public void close() throws IOException {
        context.close();
        loader.close();
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Main {}
}
