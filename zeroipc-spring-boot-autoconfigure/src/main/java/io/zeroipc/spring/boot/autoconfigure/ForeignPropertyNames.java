package io.zeroipc.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.ClassUtils;

/**
 * What libraries and applications declare below our prefix in the metadata of their properties. Read only when a property is
 * not known here: it may still be theirs.
 */
final class ForeignPropertyNames {

    private static final List<String> LOCATIONS = List.of("META-INF/spring-configuration-metadata.json",
            "META-INF/additional-spring-configuration-metadata.json");

    private ForeignPropertyNames() {
    }

    /** Whether some metadata have a property of this name, or a group or property that it is below. */
    static boolean declare(ConfigurationPropertyName name) {
        return names().stream()
                .map(each -> ConfigurationPropertyName.adapt(each, '.'))
                .anyMatch(each -> each.getNumberOfElements() > 1 && (each.equals(name) || each.isAncestorOf(name)));
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        ClassLoader loader = ClassUtils.getDefaultClassLoader();
        try {
            for (String location : LOCATIONS) {
                for (URL url : Collections.list(loader == null
                        ? ClassLoader.getSystemResources(location)
                        : loader.getResources(location))) {
                    try (InputStream content = url.openStream()) {
                        Map<String, Object> metadata = JsonParserFactory.getJsonParser()
                                .parseMap(new String(content.readAllBytes(), StandardCharsets.UTF_8));
                        add(names, metadata.get("groups"));
                        add(names, metadata.get("properties"));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static void add(List<String> names, @Nullable Object entries) {
        if (entries instanceof List<?> list) {
            for (Object entry : list) {
                if (entry instanceof Map<?, ?> values && values.get("name") instanceof String name
                        && name.startsWith(PropertyNames.PREFIX + ".")) {
                    names.add(name);
                }
            }
        }
    }
}
