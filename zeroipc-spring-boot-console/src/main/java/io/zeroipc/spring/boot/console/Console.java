package io.zeroipc.spring.boot.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.json.JsonWriter;
import org.springframework.util.DigestUtils;

/**
 * What the console answers at which path, for any web framework. The paths are a fixed list, so that no request can name a file.
 */
final class Console {

    /** What a browser may do with the page: its own files, its own origin, no frame around it. */
    static final Map<String, String> HEADERS = Map.of("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer", "Cross-Origin-Resource-Policy",
            "same-origin", "Cache-Control", "no-cache");

    private static final List<String> FILES = List.of("index.html", "console.css", "console.svg", "theme.js", "page.js",
            "console.js", "listeners.js", "segments.js", "arenas.js", "view.js", "format.js");
    private static final Map<String, String> MEDIA_TYPES = Map.of("html", "text/html;charset=UTF-8", "css",
            "text/css;charset=UTF-8", "svg", "image/svg+xml", "js", "text/javascript;charset=UTF-8");

    private static final EndpointId SEGMENTS = EndpointId.of("zeroipc");
    private static final EndpointId LISTENERS = EndpointId.of("channellisteners");

    private final String path;
    private final PathMappedEndpoints endpoints;
    private final EndpointAccessResolver access;
    private final ConsoleProperties properties;
    private final String application;

    /** @param entityTag of the text, in quotes */
    record Content(String text, String mediaType, String entityTag) {

        static Content of(String text, String mediaType) {
            String digest = DigestUtils.md5DigestAsHex(text.getBytes(StandardCharsets.UTF_8));
            return new Content(text, mediaType, '"' + digest + '"');
        }

        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    /**
     * @param endpoints those that are exposed, and this console
     * @param access what may be done with them
     * @param application its name, shown in the title; empty when it has none
     */
    Console(PathMappedEndpoints endpoints, EndpointAccessResolver access, ConsoleProperties properties,
            String application) {
        this.endpoints = endpoints;
        this.access = access;
        this.properties = properties;
        this.application = application;
        this.path = Objects.requireNonNull(endpoints.getPath(ConsoleEndpoint.ID));
    }

    /** Whether it may be served; {@code management.endpoints.access.max-permitted} holds for it, too. */
    boolean isAccessible() {
        return access.accessFor(ConsoleEndpoint.ID, Access.READ_ONLY) != Access.NONE;
    }

    /** The path that leads to {@link #redirect}, since the page needs the slash for what it refers to. */
    String path() {
        return path;
    }

    /** From {@link #path} to the page, relative: nobody here knows what a proxy has cut off before it. */
    String redirect() {
        return path.substring(path.lastIndexOf('/') + 1) + '/';
    }

    /** All other answers by their paths. */
    Map<String, Supplier<Content>> contents() {
        Map<String, Supplier<Content>> contents = new LinkedHashMap<>();
        for (String file : FILES) {
            String extension = file.substring(file.indexOf('.') + 1);
            Content content = Content.of(read(file), Objects.requireNonNull(MEDIA_TYPES.get(extension)));
            contents.put(path + '/' + file, () -> content);
        }
        contents.put(path + '/', Objects.requireNonNull(contents.get(path + "/index.html")));
        contents.put(path + "/console.json", this::settings);
        return contents;
    }

    /** What the page has to know before it asks anything; nothing that the paths of the endpoints do not tell. */
    private Content settings() {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("application", application);
        settings.put("refreshMillis", properties.refreshInterval().toMillis());
        settings.put("segments", relative(SEGMENTS));
        settings.put("listeners", relative(LISTENERS));
        settings.put("operable", access.accessFor(LISTENERS, Access.READ_ONLY) == Access.UNRESTRICTED);
        return Content.of(JsonWriter.standard().writeToString(settings), "application/json");
    }

    /** The path of an endpoint as seen from the page; null when it is not exposed. */
    private @Nullable String relative(EndpointId id) {
        PathMappedEndpoint endpoint = endpoints.getEndpoint(id);
        if (endpoint == null) {
            return null;
        }
        String own = Objects.requireNonNull(endpoints.getRootPath(ConsoleEndpoint.ID));
        int levels = 1 + (int) own.chars().filter(c -> c == '/').count();
        return "../".repeat(levels) + endpoint.getRootPath();
    }

    /** The files, where only those are there that are asked for: in native images. */
    static class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            String directory = Console.class.getPackageName().replace('.', '/') + '/';
            FILES.forEach(file -> hints.resources().registerPattern(directory + file));
        }
    }

    private static String read(String file) {
        try (InputStream input = Objects.requireNonNull(Console.class.getResourceAsStream(file), file)) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
