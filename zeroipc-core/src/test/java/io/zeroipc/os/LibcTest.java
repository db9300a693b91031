package io.zeroipc.os;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LibcTest {
    private static final String METADATA = "/META-INF/native-image/io.zeroipc/zeroipc-core/reachability-metadata.json";

    @Test
    void shouldListTheDowncallInTheMetadataOfNativeImages() throws IOException {
        assertThat(Libc.SYSCALL.returnLayout()).contains(ValueLayout.JAVA_LONG);
        assertThat(Libc.SYSCALL.argumentLayouts()).hasSize(7).containsOnly(ValueLayout.JAVA_LONG);
        assertThat(Libc.FIRST_VARIADIC).isEqualTo(1);
        try (InputStream metadata = LibcTest.class.getResourceAsStream(METADATA)) {
            assertThat(metadata).as(METADATA).isNotNull();
            assertThat(new String(metadata.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("""
                    {
                      "foreign": {
                        "downcalls": [
                          {"returnType": "jlong", "parameterTypes": ["jlong", "jlong", "jlong", "jlong", "jlong", "jlong", "jlong"], "options": {"firstVariadicArg": 1, "captureCallState": true}}
                        ]
                      },
                      "resources": [
                        {"glob": "io/zeroipc/export/*/*"}
                      ]
                    }
                    """);
        }
    }

    @Test
    void shouldFindTheFunctionInTheLibraryWhenOnOneOfOurArchitectures() {
        assertThat(Libc.isComplete()).isTrue();
    }

    @Test
    void shouldLayTheLockRequestOutAsTheKernelReadsIt() {
        assertThat(Libc.FLOCK.byteSize()).isEqualTo(32);
        assertThat(List.of("type", "whence", "start", "length", "pid")).map(
                name -> Libc.FLOCK.byteOffset(PathElement.groupElement(name))).containsExactly(0L, 2L, 8L, 16L, 24L);
    }
}
