package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.StructureKind;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.os.FileLocks;

/** The table entries of one structure, found by suffix: what a {@link Spec} binds to and a {@link Probe} looks at. */
public final class Blocks {

    private final Segment segment;
    private final String name;

    Blocks(Segment segment, String name) {
        this.segment = segment;
        this.name = name;
    }

    public Segment segment() {
        return segment;
    }

    /** The structure's name, without suffix. */
    public String name() {
        return name;
    }

    /** The name and the segment, of a structure of this kind. */
    public Binding binding(StructureKind kind) {
        return new Binding(segment, name, kind);
    }

    /** As {@link Binding#describe}. */
    public String describe() {
        return Binding.describe(segment, name);
    }

    public Attachment attachment() {
        return segment.attachment();
    }

    /** The block called name plus suffix, or null when there is none. */
    public @Nullable Block find(String suffix) {
        return segment.findBlock(name + suffix);
    }

    /**
     * The block called name plus suffix.
     *
     * @throws StructureMismatchException when there is none: the structure is incomplete, or another kind
     */
    public Block require(String suffix) {
        Block block = find(suffix);
        if (block == null) {
            throw mismatch("table entry is missing: entry=" + name + suffix);
        }
        return block;
    }

    /**
     * As {@link #require}, for a block that other programs add behind the first one of the structure.
     *
     * @throws BlockNotReadyException when it is not there yet
     */
    public Block requireFollowing(String suffix) {
        Block block = find(suffix);
        if (block == null) {
            throw notReady("table entry is missing: entry=" + name + suffix);
        }
        return block;
    }

    /**
     * The block, and what the table's alignment leaves unused behind it: up to 7 bytes that belong to nobody, for atomic
     * access to a word that begins in the block and ends behind it.
     */
    public MemorySegment padded(Block block) {
        return segment.padded(block);
    }

    /**
     * What all segments of this JVM that map this file have in common about a block: one object, which outlives each of them.
     *
     * @param initial makes it, for whoever comes first
     */
    public <T> T shared(Class<T> type, Block block, Supplier<T> initial) {
        return segment.shared(type, block, initial);
    }

    /**
     * Takes a role of this structure, held by the kernel until {@link Role#close()}, the segment's close, or the death
     * of this process.
     *
     * @param block whose role it is; the block's offset identifies the structure in all processes
     * @param index 0 to 7, the same in all processes for the same side
     * @param label for messages: {@code writer}, {@code reader}
     * @throws io.zeroipc.RoleTakenException when another handle holds it, in this or another process
     */
    public Role claimRole(Block block, int index, String label) {
        return segment.claimRole(name, block, index, label);
    }

    /**
     * As {@link #claimRole}; null when another handle holds it. The segment's close leaves this one alone: the mapping stays until
     * the role is closed.
     */
    public @Nullable Role tryClaimRole(Block block, int index) {
        return segment.tryClaimRole(block, index, true);
    }

    /** Whether any handle holds a role of this structure, in this or another process. Takes nothing. */
    public boolean isRoleHeld(Block block, int index) {
        return segment.isRoleHeld(block, index);
    }

    /**
     * Takes a place of a block, which the kernel frees when this process dies: a proof that its thread lives. Unlike a role it
     * is not given back by the segment's close; to be called in a lane, and closed in the same.
     *
     * @param index 0 to 31
     * @return null when somebody has it, in this or another process
     * @throws java.io.UncheckedIOException when the file system gives no locks
     */
    public FileLocks.@Nullable Held tryTakePlace(Block block, int index) {
        return segment.tryTakePlace(block, index);
    }

    /** Whether somebody has a place of a block, in this or another process. Takes nothing; to be called in a lane. */
    public boolean isPlaceTaken(Block block, int index) {
        return segment.isPlaceTaken(block, index);
    }

    /**
     * Refuses what a check found wrong.
     *
     * @param wrong as a descriptor says it; null when all is well
     * @throws StructureMismatchException with segment, name and what is wrong
     */
    public void requireSound(@Nullable String wrong) {
        requireSound(wrong, "");
    }

    /**
     * As {@link #requireSound(String)}.
     *
     * @param context what follows in the message, such as {@code , element=int32}
     */
    public void requireSound(@Nullable String wrong, String context) {
        if (wrong != null) {
            throw mismatch(wrong + context);
        }
    }

    /**
     * Refuses a number that is not the one that was asked for.
     *
     * @param difference what to say then: {@code capacity differs}
     * @param asked 0 to take what is stored
     * @throws StructureMismatchException with segment, name and both numbers
     */
    public void requireStored(String difference, long stored, long asked) {
        if (asked != 0 && asked != stored) {
            throw mismatch(difference + ": stored=" + stored + ", asked for=" + asked
                    + " (expected: the same, or 0 to take what is stored)");
        }
    }

    /** A mismatch with segment and name in its message; {@code detail} says what and what was expected. */
    public StructureMismatchException mismatch(String detail) {
        return new StructureMismatchException(
                "structure does not match: " + describe() + ", " + detail,
                segment.name(), name);
    }

    /** For a block that its creator has not finished; see {@link BlockNotReadyException}. */
    public BlockNotReadyException notReady(String detail) {
        return new BlockNotReadyException(
                "structure is not ready: " + describe() + ", " + detail);
    }
}
