package io.zeroipc.spring.boot.kafka.inbound;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;

/** Names that say on which machine, in which directory and for which structure a bridge works. */
final class KeptFiles {

    private static final int DIGEST_BYTES = 6;
    private static final int NAME_LENGTH_MAX = 80;

    private KeptFiles() {
    }

    /** The directory that a structure's segment lies in. */
    static Path directory(Structure structure) {
        Path parent = structure.segment().path().toAbsolutePath().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /** The file in which a bridge keeps its progress: the same for every process that carries this topic into this structure. */
    static String progress(BridgeDefinition definition, String group, Structure structure) {
        return plain("zeroipc-bridge-in." + definition.topic() + "." + structure.name()) + "."
                + digest(definition.topic(), group, String.valueOf(structure.segment().path().getFileName()),
                        structure.name());
    }

    /** The group of a bridge that nobody has given one: of this machine, this directory, and this structure. */
    static String group(Structure structure) {
        return plain("zeroipc." + host() + "." + structure.segment().name() + "." + structure.name()) + "."
                + digest(host(), structure.segment().path().toAbsolutePath().toString(), structure.name());
    }

    /** Which structure it is: another one when its segment was made anew. */
    static UUID identity(Structure structure) {
        Path path = structure.segment().path();
        try {
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return UUID.nameUUIDFromBytes((key + "/" + structure.name()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ZeroIpcException("file of the segment cannot be looked at: path=" + path, e);
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // It has a name that nobody resolves: the message begins with it.
            String message = String.valueOf(e.getMessage());
            return message.substring(0, Math.max(0, message.indexOf(':')));
        }
    }

    private static String plain(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.length() > NAME_LENGTH_MAX ? plain.substring(0, NAME_LENGTH_MAX) : plain;
    }

    private static String digest(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
