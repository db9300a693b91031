package io.zeroipc.os;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.os.FileLocks.Held;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class NativeAccessTest {

    @Test
    void shouldBeAvailableExactlyWhenTheModuleMayCall() {
        assertThat(NativeAccess.isAvailable())
                .isEqualTo(Architecture.current() != null && getClass().getModule().isNativeAccessEnabled());
    }

    @ParameterizedTest
    @CsvSource({"Linux, amd64, X86_64", "Linux, x86_64, X86_64", "Linux, aarch64, AARCH64", "Linux, riscv64, RISCV64",
            "Linux, s390x, ", "Linux, i386, ", "Mac OS X, aarch64, ", "Windows 11, amd64, "})
    void shouldKnowTheNumbersOfAnArchitectureOnLinuxOnly(String name, String processor, Architecture expected) {
        assertThat(Architecture.of(name, processor)).isEqualTo(expected);
    }

    @ParameterizedTest
    @Tag("process")
    @CsvSource({
            "true,  -Dzeroipc.native=true,           true",
            "true,  -Dzeroipc.native=false,          false",
            "false, -Dzeroipc.native=true,           false",
            "false, --illegal-native-access=deny,    false",
            "true,  --illegal-native-access=deny,    true"})
    void shouldWorkWithoutAWarningWhateverIsGranted(boolean granted, String option, boolean available)
            throws Exception {
        try (ScratchFile file = new ScratchFile();
                PeerProcess child = PeerProcess.of(Everything.class)
                        .withNativeAccess(granted)
                        .withJvmArguments(option)
                        .withArguments(file.path)
                        .start()) {
            assertThat(child.join()).as(child::toString).isZero();
            assertThat(child.output()).containsExactly("available=" + available);
            assertThat(child.errors()).isEmpty();
        }
    }

    /** Uses each class of the package once. */
    static final class Everything {
        private Everything() {
        }

        public static void main(String[] arguments) throws IOException {
            Path path = Path.of(arguments[0]);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                Preallocation.reserve(channel, path, 4096, FileLocks.Mechanism.DESCRIPTION);
                try (FileLocks locks = FileLocks.of(channel, path, false);
                        Held held = locks.tryLock(0);
                        Arena arena = Arena.ofShared()) {
                    assertThat(held).isNotNull();
                    var word = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096, arena);
                    new Words(word).setIntRelease(0, 0);
                    if (NativeAccess.isAvailable()) {
                        assertThat(Futex.await(word, 1, 1)).isEqualTo(Futex.Outcome.CHANGED);
                    } else {
                        assertThatIllegalStateException().isThrownBy(() -> Futex.await(word, 1, 1))
                                .withMessageContaining("--enable-native-access=ALL-UNNAMED");
                        assertThatIllegalStateException().isThrownBy(() -> Futex.wakeAll(word));
                    }
                }
            }
            assertThat(ProcessIdentity.current().isAlive()).isTrue();
            assertThat(new ProcessIdentity((1L << 22) + 1, 1).isAlive()).isFalse();
            assertThat(ProcessIdentity.currentUid()).isNotNegative();
            System.out.println("available=" + NativeAccess.isAvailable());
        }
    }
}
