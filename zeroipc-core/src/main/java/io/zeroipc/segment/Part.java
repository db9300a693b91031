package io.zeroipc.segment;

import java.util.function.Consumer;

/**
 * One table entry of a structure that is to be created.
 *
 * @param suffix appended to the structure's name; {@code ""} for none
 * @param byteSize bytes the table records for the entry
 * @param reservedBytes bytes that are set aside; more than {@code byteSize} where another implementation maps more than
 *            it records
 * @param format writes the initial bytes with plain stores: nobody can see a block that is not yet in the table. The
 *            block is zero before.
 */
public record Part(String suffix, long byteSize, long reservedBytes, Consumer<Block> format) {

    public Part {
        if (byteSize <= 0 || reservedBytes < byteSize) {
            throw new IllegalArgumentException("part has an impossible size: suffix=" + suffix + ", byteSize="
                    + byteSize + ", reservedBytes=" + reservedBytes);
        }
    }

    public Part(String suffix, long byteSize, Consumer<Block> format) {
        this(suffix, byteSize, byteSize, format);
    }
}
