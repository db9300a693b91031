package io.zeroipc.os;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LibcTest {
    private static final String METADATA = "/META-INF/native-image/io.zeroipc/zeroipc-core/reachability-metadata.json";

    @Test
    void shouldListEveryDowncallInTheMetadataOfNativeImages() throws IOException {
        String expected = Libc.FUNCTIONS.stream()
                .map(LibcTest::json)
                .collect(Collectors.joining(",\n", """
                        {
                          "foreign": {
                            "downcalls": [
                        """, """

                            ]
                          }
                        }
                        """));

        try (InputStream metadata = LibcTest.class.getResourceAsStream(METADATA)) {
            assertThat(metadata).as(METADATA).isNotNull();
            assertThat(new String(metadata.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(expected);
        }
    }

    @Test
    void shouldFindEveryFunctionInTheLibraryWhenOnOneOfOurArchitectures() {
        assertThat(Libc.isComplete()).isTrue();
    }

    @Test
    void shouldLayTheLockRequestOutAsTheKernelReadsIt() {
        assertThat(Libc.FLOCK.byteSize()).isEqualTo(32);
        assertThat(List.of("type", "whence", "start", "length", "pid")).map(
                name -> Libc.FLOCK.byteOffset(PathElement.groupElement(name))).containsExactly(0L, 2L, 8L, 16L, 24L);
    }

    private static String json(Libc.Function function) {
        List<String> options = new ArrayList<>();
        if (function.firstVariadicArgument() != Libc.NOT_VARIADIC) {
            options.add("\"firstVariadicArg\": " + function.firstVariadicArgument());
        }
        if (function.capturesErrno()) {
            options.add("\"captureCallState\": true");
        }
        String arguments = function.descriptor()
                .argumentLayouts()
                .stream()
                .map(LibcTest::type)
                .collect(Collectors.joining(", ", "[", "]"));
        String tail = options.isEmpty() ? "" : ", \"options\": {" + String.join(", ", options) + "}";
        return "      {\"returnType\": " + type(function.descriptor().returnLayout().orElseThrow())
                + ", \"parameterTypes\": " + arguments + tail + "}";
    }

    private static String type(MemoryLayout layout) {
        if (layout.equals(ValueLayout.JAVA_INT)) {
            return "\"jint\"";
        }
        if (layout.equals(ValueLayout.JAVA_LONG)) {
            return "\"jlong\"";
        }
        assertThat(layout).isEqualTo(ValueLayout.ADDRESS);
        return "\"void*\"";
    }
}
