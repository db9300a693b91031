package io.zeroipc.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the file system says about one path, read in one go so that the parts belong together. A symbolic link is not
 * followed. Works without native access.
 *
 * @param identity which file it is
 * @param ownerUid numeric owner, or null where files have none
 * @param mode the twelve permission bits, or -1 where files have none
 * @param linkCount number of names, or -1 where that is not known
 * @param size bytes
 * @param lastModified when it was written last, as finely as the file system notes it; stores into a mapping need not count
 * @param isRegularFile true for a plain file
 * @param isSymbolicLink true when the last component of the path is a symbolic link
 */
public record FileFacts(FileIdentity identity, @Nullable Integer ownerUid, int mode, int linkCount, long size,
        FileTime lastModified, boolean isRegularFile, boolean isSymbolicLink) {

    private static final int TYPE_MASK = 0xF000;
    private static final int TYPE_REGULAR = 0x8000;
    private static final int TYPE_SYMBOLIC_LINK = 0xA000;
    private static final int PERMISSION_MASK = 0xFFF;
    private static final int WRITABLE_BY_OTHERS = 2;

    /**
     * Reads the facts of what stands at a path now.
     *
     * @throws NoSuchFileException if there is nothing
     * @throws IOException if they cannot be read
     */
    public static FileFacts of(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return ofUnix(Files.readAttributes(path, "unix:dev,ino,uid,mode,nlink,size,lastModifiedTime",
                    LinkOption.NOFOLLOW_LINKS));
        }
        return ofOther(path);
    }

    /** True when users other than the owner and the group may write. */
    public boolean isWorldWritable() {
        return mode >= 0 && (mode & WRITABLE_BY_OTHERS) != 0;
    }

    private static FileFacts ofUnix(Map<String, Object> attributes) {
        int mode = number(attributes, "mode").intValue();
        FileIdentity identity = new FileIdentity(number(attributes, "dev").longValue(),
                number(attributes, "ino").longValue(), "");
        return new FileFacts(identity, number(attributes, "uid").intValue(), mode & PERMISSION_MASK,
                number(attributes, "nlink").intValue(), number(attributes, "size").longValue(),
                attribute(attributes, "lastModifiedTime", FileTime.class),
                (mode & TYPE_MASK) == TYPE_REGULAR, (mode & TYPE_MASK) == TYPE_SYMBOLIC_LINK);
    }

    private static Number number(Map<String, Object> attributes, String name) {
        return attribute(attributes, name, Number.class);
    }

    private static <T> T attribute(Map<String, Object> attributes, String name, Class<T> type) {
        Object value = attributes.get(name);
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw new IllegalStateException("file attribute is missing: name=" + name + ", found=" + attributes.keySet());
    }

    private static FileFacts ofOther(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
                LinkOption.NOFOLLOW_LINKS);
        Object key = attributes.fileKey();
        String other = key != null
                ? key.toString()
                : path.toRealPath(LinkOption.NOFOLLOW_LINKS) + "@" + attributes.creationTime();
        return new FileFacts(new FileIdentity(0, 0, other), null, -1, -1, attributes.size(),
                attributes.lastModifiedTime(), attributes.isRegularFile(), attributes.isSymbolicLink());
    }
}
