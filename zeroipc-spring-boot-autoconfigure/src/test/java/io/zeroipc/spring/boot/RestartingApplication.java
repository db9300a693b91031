package io.zeroipc.spring.boot;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;

import org.awaitility.core.ConditionTimeoutException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import io.zeroipc.spring.boot.restart.ReadingApplication;

import static org.awaitility.Awaitility.await;

/**
 * Starts {@link ReadingApplication} again and again, each time with its classes loaded anew, and tells what stays; what
 * it prints is read by {@link RestartTests}.
 */
final class RestartingApplication {

    private static final int STARTS = 3;
    /** Left out: its listener in the static logging system keeps the last application that had it. */
    private static final String LOGBACK_METRICS = "org.springframework.boot.micrometer.metrics.autoconfigure.logging"
            + ".logback.LogbackMetricsAutoConfiguration";

    private RestartingApplication() {
    }

    /** The argument is the directory of the segments. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        List<String> received = new ArrayList<>();
        List<Long> open = new ArrayList<>();
        // Statics of the frameworks keep the first class loader that they see: let that be the JVM's own.
        start(directory, 0, RestartingApplication.class.getClassLoader(), received, open);
        for (int i = 1; i <= STARTS; i++) {
            loaders.add(restart(directory, i, received, open));
        }
        System.out.println("received=" + received);
        System.out.println("open mappings=" + open);
        System.out.println("mappings left=" + RestartTests.mappings(directory));
        System.out.println("threads left=" + Thread.getAllStackTraces()
                .keySet()
                .stream()
                .map(Thread::getName)
                .filter(name -> name.contains("reading"))
                .toList());
        try {
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(() -> {
                System.gc();
                return count(loaders) == 0;
            });
        } catch (ConditionTimeoutException e) {
            // The figure below says it.
        }
        System.out.println("class loaders left=" + count(loaders));
    }

    private static long count(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }

    private static WeakReference<ClassLoader> restart(Path directory, int number, List<String> received,
            List<Long> open) throws Exception {
        RestartLoader loader = new RestartLoader(RestartingApplication.class.getClassLoader());
        start(directory, number, loader, received, open);
        return new WeakReference<>(loader);
    }

    @SuppressWarnings("unchecked") // the application says what its bean is
    private static void start(Path directory, int number, ClassLoader loader, List<String> received, List<Long> open)
            throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(
                loader.loadClass(ReadingApplication.class.getName()))
                .web(WebApplicationType.NONE)
                .run("--spring.autoconfigure.exclude=" + LOGBACK_METRICS,
                        "--zeroipc.base-directory=" + directory,
                        "--zeroipc.segments.plant.structures.readings.type=queue",
                        "--zeroipc.segments.plant.structures.readings.element-type="
                                + ReadingApplication.class.getName()
                                + ".Reading",
                        "--zeroipc.segments.plant.structures.readings.capacity=8", "--reading.number=" + number)) {
            open.add(RestartTests.mappings(directory));
            Queue<Object> readings = (Queue<Object>) context.getBean("received", Supplier.class).get();
            await().until(() -> !readings.isEmpty());
            Object reading = readings.remove();
            if (!loader.equals(reading.getClass().getClassLoader())) {
                throw new AssertionError("class of another start: " + reading.getClass().getClassLoader());
            }
            received.add(reading.toString());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** The application's classes anew, everything else from the parent: as DevTools divide them. */
    private static final class RestartLoader extends ClassLoader {

        RestartLoader(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(ReadingApplication.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] all = bytes.readAllBytes();
                return defineClass(name, all, 0, all.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
