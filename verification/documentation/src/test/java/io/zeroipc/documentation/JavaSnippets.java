package io.zeroipc.documentation;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles Java blocks against the class path of this module, with warnings as errors. */
final class JavaSnippets {

    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^public (?:final |abstract |sealed )*(?:class|record|interface|enum|@interface) (\\w+)",
            Pattern.MULTILINE);
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

    private JavaSnippets() {
    }

    /** Compiles blocks as they stand, each as a file. */
    static void compileAsIs(List<Snippet> snippets, Path target) {
        compile(snippets.stream().map(snippet -> new Source(snippet, snippet.text())).toList(), target,
                "-Xlint:all,-processing", "-Werror");
    }

    /** Compiles the blocks of a page, which may leave out bodies, written as {@code { ... }}. */
    static void compilePage(List<Snippet> snippets, Path target) {
        compile(snippets.stream()
                .map(snippet -> new Source(snippet,
                        snippet.text().replace("{ ... }", "{ throw new UnsupportedOperationException(); }")))
                .toList(), target);
    }

    private static void compile(List<Source> sources, Path target, String... more) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        StringWriter output = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(target));
            List<String> options = new ArrayList<>(
                    List.of("-proc:none", "-parameters", "-classpath", System.getProperty("java.class.path")));
            options.addAll(List.of(more));
            if (!compiler.getTask(output, files, diagnostics, options, null, sources).call()) {
                throw new AssertionError("blocks do not compile: " + sources + "\n"
                        + diagnostics.getDiagnostics()
                                .stream()
                                .map(JavaSnippets::describe)
                                .collect(Collectors.joining("\n"))
                        + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(javax.tools.Diagnostic<? extends JavaFileObject> diagnostic) {
        String place = diagnostic.getSource() instanceof Source source
                ? source.snippet.page() + ":" + (source.snippet.line() + diagnostic.getLineNumber()) + ": "
                : "";
        return place + diagnostic.getMessage(null);
    }

    private static final class Source extends SimpleJavaFileObject {

        private final Snippet snippet;
        private final String text;

        Source(Snippet snippet, String text) {
            super(URI.create("string:///" + path(snippet)), Kind.SOURCE);
            this.snippet = snippet;
            this.text = text;
        }

        private static String path(Snippet snippet) {
            Matcher type = PUBLIC_TYPE.matcher(snippet.text());
            Matcher named = PACKAGE.matcher(snippet.text());
            return (named.find() ? named.group(1).replace('.', '/') + "/" : "")
                    + (type.find() ? type.group(1) : "Block" + snippet.line()) + ".java";
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public String toString() {
            return snippet.toString();
        }
    }
}
