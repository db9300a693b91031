package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** What one thread does in a slice; see {@link MeasuringLoop}. */
interface Loop {

    /**
     * Sends until the time is over, and no end.
     *
     * @param producer which one of the threads, from 0
     */
    Outcome produce(Link.Sender sender, Task task, int size, int producer, long budget);

    /** Receives until the end, and answers it. The flag is what consumers of one connection tell each other the end with. */
    Outcome consume(Link.Sender sender, Link.Receiver receiver, Task task, int size, AtomicBoolean ended);

    /** Sends everything back until the end, and that too. */
    Outcome echo(Link.Sender sender, Link.Receiver receiver, Task task, int size);

    /** The active side of what is sent back. */
    Outcome roundTrips(Link.Sender sender, Link.Receiver receiver, Task task, int size, long budget);

    /** Tells the other side that the slice is over, and waits until it knows. */
    void end(Link.Sender sender, Link.Receiver receiver, int size);

    /**
     * Makes loops from a copy of their class of its own: the compiler then sees one kind of connection in it, as in a program that
     * uses that one only, though there are all of them in this JVM.
     */
    static Supplier<Loop> copy() {
        try (InputStream code = MeasuringLoop.class.getResourceAsStream("MeasuringLoop.class")) {
            if (code == null) {
                throw new IllegalStateException("class file of the measuring loop is not there");
            }
            var constructor = MethodHandles.lookup()
                    .defineHiddenClass(code.readAllBytes(), true)
                    .lookupClass()
                    .getDeclaredConstructor();
            return () -> {
                try {
                    return (Loop) constructor.newInstance();
                } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
                    throw new IllegalStateException(e);
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalAccessException | NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }
}
