package io.zeroipc.spring.boot.diagnostics;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.context.ApplicationContext;

/**
 * Something that somebody wrote by mistake: lines of {@code application.yml} beside a queue named orders, or a listener.
 *
 * @param written as the page shows it
 * @param yaml what stands in the file
 * @param application what is started
 * @param preparation what is there before
 * @param use what the application does once it runs
 */
record Mistake(String written, String yaml, Class<?> application, Preparation preparation, Use use) {

    private static final String MARKET = "zeroipc.segments.market.";
    private static final String ORDERS = MARKET + "structures.orders.";

    /** What is there before the application starts. */
    @FunctionalInterface
    interface Preparation {

        /** @return what holds it, to be closed after the start has failed */
        AutoCloseable prepare(Path directory) throws IOException;
    }

    /** What an application does that starts. */
    @FunctionalInterface
    interface Use {

        void of(ApplicationContext context) throws Exception;
    }

    /**
     * Lines of the file, with short names: {@code orders.type: que}.
     *
     * @param lines separated by semicolons
     */
    static Mistake properties(String lines) {
        return new Mistake("`" + lines.replace("; ", "`, `") + "`", yaml(lines), MistakenApplications.Nothing.class,
                _ -> () -> {}, _ -> {});
    }

    /** A file that is nothing but this. */
    static Mistake file(String written, String yaml) {
        return new Mistake(written, yaml, MistakenApplications.Nothing.class, _ -> () -> {}, _ -> {});
    }

    /** Code, with lines of the file that it needs. */
    static Mistake code(String written, Class<?> application, String lines) {
        return new Mistake("`" + written + "`" + (lines.isEmpty() ? "" : " with `" + lines.replace("; ", "`, `") + "`"),
                yaml(lines), application, _ -> () -> {}, _ -> {});
    }

    Mistake in(Class<?> started) {
        return new Mistake(written, yaml, started, preparation, use);
    }

    /** @param what it is about, for the page */
    Mistake where(String what, Preparation prepared) {
        return new Mistake(written + ", " + what, yaml, application, prepared, use);
    }

    Mistake then(Use used) {
        return new Mistake(written, yaml, application, preparation, used);
    }

    private static String yaml(String lines) {
        Map<String, String> properties = new LinkedHashMap<>(TroubleshootingPage.queue(Map.of()));
        for (String line : lines.split("; ")) {
            if (!line.isEmpty()) {
                int colon = line.indexOf(": ");
                properties.put(fullName(line.substring(0, colon)), line.substring(colon + 2));
            }
        }
        return properties.entrySet()
                .stream()
                .filter(property -> !property.getValue().equals("–"))
                .map(property -> property.getKey() + ": " + property.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static String fullName(String name) {
        if (name.startsWith("orders.")) {
            return ORDERS + name.substring("orders.".length());
        }
        return name.startsWith("market.") ? MARKET + name.substring("market.".length()) : "zeroipc." + name;
    }

    @Override
    public String toString() {
        return written;
    }
}
