package io.zeroipc.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FileFactsTest {
    @TempDir
    Path directory;

    @Test
    void shouldTellWhatTheFileSystemKnows() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[123]);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        FileFacts facts = FileFacts.of(file);

        assertThat(facts.size()).isEqualTo(123);
        assertThat(facts.mode()).isEqualTo(0640);
        assertThat(facts.ownerUid()).isEqualTo(ProcessIdentity.currentUid());
        assertThat(facts.linkCount()).isEqualTo(1);
        assertThat(facts.isRegularFile()).isTrue();
        assertThat(facts.isSymbolicLink()).isFalse();
        assertThat(facts.isWorldWritable()).isFalse();
        assertThat(facts.identity().inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
        assertThat(facts.identity().device()).isEqualTo(Files.getAttribute(file, "unix:dev"));
    }

    @Test
    void shouldTellWhenEverybodyMayWrite() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw--w-"));

        assertThat(FileFacts.of(file).isWorldWritable()).isTrue();
    }

    @Test
    void shouldDescribeTheLinkWhenThePathIsASymbolicLink() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);

        FileFacts facts = FileFacts.of(link);

        assertThat(facts.isSymbolicLink()).isTrue();
        assertThat(facts.isRegularFile()).isFalse();
        assertThat(facts.identity()).isNotEqualTo(FileIdentity.of(file));
    }

    @Test
    void shouldNotCallADirectoryAFile() throws IOException {
        assertThat(FileFacts.of(directory).isRegularFile()).isFalse();
    }

    @Test
    void shouldHaveOneIdentityWhenAFileHasTwoNames() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Path second = Files.createLink(directory.resolve("second"), file);

        assertThat(FileIdentity.of(second)).isEqualTo(FileIdentity.of(file)).hasSameHashCodeAs(FileIdentity.of(file));
        assertThat(FileFacts.of(second).linkCount()).isEqualTo(2);
    }

    @Test
    void shouldHaveAnotherIdentityWhenTheFileIsReplaced() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        FileIdentity before = FileIdentity.of(file);

        Files.move(Files.createFile(directory.resolve("next")), file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(FileIdentity.of(file)).isNotEqualTo(before);
    }

    @Test
    void shouldThrowWhenThereIsNothing() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> FileFacts.of(directory.resolve("nothing")));
    }
}
