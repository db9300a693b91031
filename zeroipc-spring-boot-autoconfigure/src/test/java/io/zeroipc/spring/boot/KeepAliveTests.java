package io.zeroipc.spring.boot;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** Whether listeners keep a process alive that has nothing else to do. */
@Tag("process")
class KeepAliveTests {

    private static final String WARNING = "application ends when its main method returns, as listeners in virtual threads do"
            + " not keep it alive: listeners=[order-log] (expected: spring.main.keep-alive=true, or a web server)";

    @TempDir
    private Path directory;

    private String output(String... properties) throws Exception {
        Object[] arguments = new Object[properties.length + 4];
        arguments[0] = "--zeroipc.base-directory=" + directory;
        arguments[1] = "--zeroipc.segments.market.structures.orders.type=queue";
        arguments[2] = "--zeroipc.segments.market.structures.orders.element-type=int32";
        arguments[3] = "--zeroipc.segments.market.structures.orders.capacity=16";
        System.arraycopy(properties, 0, arguments, 4, properties.length);
        try (PeerProcess child = PeerProcess.of(ListeningApplication.class).withArguments(arguments).start()) {
            assertThat(child.join()).as(child.toString()).isZero();
            return String.join("\n", child.output());
        }
    }

    @Test
    void applicationWhenItsListenersAreVirtualEndsAndHasWarnedOfThat() throws Exception {
        assertThat(output("--spring.threads.virtual.enabled=true", "--return=true")).contains("started", WARNING);
    }

    @ParameterizedTest
    @CsvSource({"true,--spring.main.keep-alive=true", "false,--spring.main.keep-alive=false",
            "true,--zeroipc.listener.endpoints.order-log.wait-strategy=backoff"})
    void applicationWhenSomethingKeepsItAliveIsNotWarned(boolean virtual, String property) throws Exception {
        assertThat(output("--spring.threads.virtual.enabled=" + virtual, property)).contains("started")
                .doesNotContain("ends when");
    }
}
