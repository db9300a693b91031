package io.zeroipc.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** What the build has made of one module: other jars on the class path have files of the same names. */
public final class ModuleOutput {

    private ModuleOutput() {
    }

    /**
     * The text of a file.
     *
     * @param type any class with main sources in the module
     * @param path from where the module's classes begin, for example {@code META-INF/spring-configuration-metadata.json}
     */
    public static String text(Class<?> type, String path) {
        String classFile = "/" + type.getName().replace('.', '/') + ".class";
        String root = String.valueOf(type.getResource(classFile)).replace(classFile, "/");
        try (InputStream file = URI.create(root + path).toURL().openStream()) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("file of a module's output cannot be read: path=" + root + path, unreadable);
        }
    }
}
