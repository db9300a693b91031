package io.zeroipc.segment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.SegmentPagesException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.os.NativeAccess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Of what the kernel grants, this machine has one case: each test says what it has to be there. */
class PagingTest {

    private static final long MEGABYTE = 1 << 20;
    private static final Path SHMEM_ENABLED = Path.of("/sys/kernel/mm/transparent_hugepage/shmem_enabled");

    private final Path path = Segment.defaultDirectory()
            .resolve("zeroipc-paging-" + ProcessHandle.current().pid() + "-" + System.nanoTime());

    @AfterEach
    void remove() throws IOException {
        try (var files = Files.newDirectoryStream(path.getParent(), path.getFileName() + "*")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    /** Where the mount gives none the kernel still does when asked to collapse a mapping that is aligned by chance. */
    private static boolean isAlignedByChance(SegmentBuilder builder) {
        try (Segment segment = builder.openOrCreate()) {
            assertThat(segment.paging().hugeBytes()).isEqualTo(8 * MEGABYTE);
            return true;
        } catch (SegmentPagesException e) {
            assertThat(e).hasMessageContaining("hugePages=REQUIRE");
            return false;
        }
    }

    private SegmentBuilder builder() {
        return Segment.at(path).size(8 * MEGABYTE);
    }

    @Test
    void shouldAskForNothingWhenNothingIsSaid() {
        try (Segment segment = builder().create()) {
            assertThat(segment.paging()).isEqualTo(new Paging(HugePages.NEVER, 0, -1, false, ""));
        }
    }

    @Test
    void shouldTellWhatWasGrantedWhenHugePagesAreTried() throws IOException {
        try (Segment segment = builder().hugePages(HugePages.TRY).preTouch(true).create()) {
            Paging paging = segment.paging();

            assertThat(paging.asked()).isEqualTo(HugePages.TRY);
            assertThat(paging.preTouched()).isTrue();
            if (granted() || paging.hugeBytes() > 0) {
                assertThat(paging.hugeBytes()).isEqualTo(8 * MEGABYTE);
                assertThat(paging.note()).isEmpty();
            } else {
                assertThat(paging.hugeBytes()).isZero();
                assertThat(paging.note()).contains(reason());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeGrantedOrRefusedWithTheKernelsTextWhenHugePagesAreRequired(boolean preallocate) throws IOException {
        SegmentBuilder required = builder().preallocate(preallocate).hugePages(HugePages.REQUIRE);
        if (granted()) {
            try (Segment segment = required.create(); Segment other = required.open()) {
                assertThat(segment.paging()).isEqualTo(new Paging(HugePages.REQUIRE, 8 * MEGABYTE, -1, true, ""));
                assertThat(other.paging().hugeBytes()).isEqualTo(8 * MEGABYTE);
            }
        } else {
            try {
                if (!isAlignedByChance(required)) {
                    required.create().close();
                }
            } catch (SegmentPagesException e) {
                assertThat(e).hasMessageContainingAll("path=" + path, "hugePages=REQUIRE", reason(), "huge=advise");
                assertThat(path).doesNotExist();
            }
        }
    }

    /** Also where the pages are small, since somebody else has made them so. */
    @Test
    void shouldBeGrantedOrRefusedWhenHugePagesAreRequiredOfAnExistingSegment() throws IOException {
        try (Segment _ = builder().create()) {
            SegmentBuilder required = builder().hugePages(HugePages.REQUIRE);
            if (granted()) {
                try (Segment segment = required.open(); Segment reader = required.openReadOnly()) {
                    assertThat(segment.paging().hugeBytes()).isEqualTo(8 * MEGABYTE);
                    assertThat(reader.paging().hugeBytes()).isEqualTo(8 * MEGABYTE);
                }
            } else {
                isAlignedByChance(required);
            }
            builder().open().close();
        }
    }

    @Test
    void shouldBeRefusedWhenHugePagesAreRequiredOfASegmentThatIsSmallerThanOne() {
        assertThatExceptionOfType(SegmentPagesException.class)
                .isThrownBy(() -> Segment.at(path).size(64 * 1024).hugePages(HugePages.REQUIRE).create())
                .withMessageContainingAll("bytes=65536", "huge bytes=0");
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepWhatIsWrittenWhenOthersTouchAllPagesMeanwhile(HugePages wish) throws Exception {
        int length = 512 * 1024;
        try (Segment segment = builder().preallocate(false).create()) {
            SharedArray<Long> array = SharedArray.create(segment, "array", Codecs.int64(), length);
            AtomicBoolean done = new AtomicBoolean();
            Thread toucher = Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    HugePages possible = wish == HugePages.REQUIRE ? HugePages.TRY : wish;
                    builder().hugePages(possible).preTouch(true).open().close();
                    builder().hugePages(possible).preTouch(true).openReadOnly().close();
                }
            });
            try {
                for (int i = 0; i < length; i++) {
                    array.set(i, i + 1L);
                }
            } finally {
                done.set(true);
                toucher.join();
            }
            for (int i = 0; i < length; i++) {
                assertThat(array.get(i)).isEqualTo(i + 1L);
            }
        }
    }

    @Test
    void shouldBindToTheFirstNodeOrNameTheErrorWhenItIsAskedFor() {
        Paging paging;
        try (Segment segment = builder().numaNode(0).create()) {
            paging = segment.paging();
        } catch (SegmentPagesException e) {
            assertThat(e).hasMessageContainingAll("numaNode=0", "errno=EPERM");
            return;
        }
        assertThat(paging.preTouched()).isTrue();
        if (paging.numaNode() == 0) {
            assertThat(NativeAccess.isAvailable()).isTrue();
            assertThat(paging.note()).isEmpty();
        } else {
            assertThat(paging.numaNode()).isEqualTo(-1);
            assertThat(paging.note()).containsAnyOf("no native access", "ENOSYS");
        }
    }

    @Test
    void shouldBeRefusedWhenThereIsNoSuchNode() {
        SegmentBuilder nowhere = builder().numaNode(1023);
        if (!NativeAccess.isAvailable()) {
            try (Segment segment = nowhere.create()) {
                assertThat(segment.paging().note()).isEqualTo("NUMA node: no native access");
            }
            return;
        }
        assertThatExceptionOfType(SegmentPagesException.class).isThrownBy(nowhere::create)
                .withMessageContainingAll("numaNode=1023", "errno=E", "expected: one of 0");
        assertThat(path).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1024})
    void shouldBeRefusedWhenTheNodeIsOutOfRange(int node) {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().numaNode(node))
                .withMessageContainingAll("numaNode=" + node, "0 to 1023");
    }

    private static boolean granted() throws IOException {
        if (!NativeAccess.isAvailable() || !Files.exists(SHMEM_ENABLED)) {
            return false;
        }
        String general = Files.readString(SHMEM_ENABLED);
        String mount = Files.readAllLines(Path.of("/proc/self/mountinfo"))
                .stream()
                .filter(line -> line.contains(" " + Segment.defaultDirectory() + " "))
                .reduce("", (_, last) -> last);
        return general.contains("[force]") || (!general.contains("[deny]")
                && mount.matches(".* - tmpfs .*huge=(always|within_size|advise).*"));
    }

    private static String reason() throws IOException {
        return NativeAccess.isAvailable() && Files.exists(SHMEM_ENABLED)
                ? "shmem_enabled=" + Files.readString(SHMEM_ENABLED).strip() + ", mount="
                : NativeAccess.isAvailable() ? "shmem_enabled=, mount="
                : "no native access";
    }
}
