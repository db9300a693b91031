package io.zeroipc.format;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.memory.Atomics;

import static io.zeroipc.format.FieldLayouts.U32;
import static io.zeroipc.format.FieldLayouts.U64;
import static io.zeroipc.format.FieldLayouts.bytes;
import static io.zeroipc.format.FieldLayouts.offset;

/**
 * The file beside a segment in which its participants say what they are about to take and what they hold:
 * {@code docs/format/participants.md}. Pure functions over bytes; offsets count from the start of the file, of a row, or of a
 * cell, as their names say.
 */
public final class ParticipantsDescriptor {

    /** In memory the text {@code ZIPCLIVE}. */
    public static final long MAGIC = 0x4556494C4350495AL;
    public static final int VERSION = 1;

    public static final int PARTICIPANTS = 1024;
    public static final int RECORDS = 1024;
    public static final int DEATHS = 62;

    /** Of deaths and participants alike. */
    public static final int NAME_SIZE = 24;

    public static final StructLayout HEADER = MemoryLayout
            .structLayout(
                    U64.withName("magic"),
                    U32.withName("version"),
                    U32.withName("participants"),
                    U32.withName("records"),
                    MemoryLayout.paddingLayout(4),
                    U64.withName("device"),
                    U64.withName("inode"),
                    U32.withName("epoch"),
                    U32.withName("participants_top"),
                    U32.withName("records_top"),
                    U32.withName("died"),
                    U64.withName("deaths"))
            .withName("header");
    public static final StructLayout DEATH = MemoryLayout
            .structLayout(
                    U64.withName("number"),
                    U64.withName("pid"),
                    U64.withName("noticed"),
                    U64.withName("joined"),
                    U32.withName("epoch"),
                    MemoryLayout.paddingLayout(4),
                    bytes(NAME_SIZE).withName("name"))
            .withName("death");
    public static final StructLayout PARTICIPANT = MemoryLayout
            .structLayout(
                    U64.withName("state"),
                    U64.withName("pid"),
                    U64.withName("start_time"),
                    U64.withName("pid_namespace"),
                    U64.withName("joined"),
                    bytes(NAME_SIZE).withName("name"))
            .withName("participant");
    public static final StructLayout CELL = MemoryLayout.structLayout(U64.withName("claim"), U64.withName("block"))
            .withName("cell");
    /** A record's first sixteen bytes are no cell. */
    public static final int CELLS_PER_RECORD = 8;
    public static final StructLayout RECORD = MemoryLayout
            .structLayout(
                    U64.withName("owner"),
                    U64.withName("locks"),
                    bytes((CELLS_PER_RECORD - 1) * CELL.byteSize()).withName("cells"))
            .withName("record");

    private static final long MAGIC_OFFSET = offset(HEADER, "magic");
    private static final long VERSION_OFFSET = offset(HEADER, "version");
    private static final long PARTICIPANTS_OFFSET = offset(HEADER, "participants");
    private static final long RECORDS_OFFSET = offset(HEADER, "records");
    private static final long DEVICE_OFFSET = offset(HEADER, "device");
    private static final long INODE_OFFSET = offset(HEADER, "inode");
    public static final long EPOCH_OFFSET = offset(HEADER, "epoch");
    public static final long PARTICIPANTS_TOP_OFFSET = offset(HEADER, "participants_top");
    public static final long RECORDS_TOP_OFFSET = offset(HEADER, "records_top");
    public static final long DIED_OFFSET = offset(HEADER, "died");
    public static final long DEATHS_OFFSET = offset(HEADER, "deaths");

    public static final long DEATH_NUMBER = offset(DEATH, "number");
    public static final long DEATH_PID = offset(DEATH, "pid");
    public static final long DEATH_NOTICED = offset(DEATH, "noticed");
    public static final long DEATH_JOINED = offset(DEATH, "joined");
    public static final long DEATH_EPOCH = offset(DEATH, "epoch");
    public static final long DEATH_NAME = offset(DEATH, "name");

    public static final long PARTICIPANT_STATE = offset(PARTICIPANT, "state");
    public static final long PARTICIPANT_PID = offset(PARTICIPANT, "pid");
    public static final long PARTICIPANT_START_TIME = offset(PARTICIPANT, "start_time");
    public static final long PARTICIPANT_PID_NAMESPACE = offset(PARTICIPANT, "pid_namespace");
    public static final long PARTICIPANT_JOINED = offset(PARTICIPANT, "joined");
    public static final long PARTICIPANT_NAME = offset(PARTICIPANT, "name");

    public static final long RECORD_OWNER = offset(RECORD, "owner");
    public static final long RECORD_LOCKS = offset(RECORD, "locks");
    public static final long CELL_CLAIM = offset(CELL, "claim");
    public static final long CELL_BLOCK = offset(CELL, "block");

    private static final long DEATHS_START = 128;
    private static final long PARTICIPANTS_START = DEATHS_START + DEATHS * DEATH.byteSize();
    private static final long RECORDS_START = PARTICIPANTS_START + PARTICIPANTS * PARTICIPANT.byteSize();
    /** Constants of the compiler, as these offsets are computed with each claim. */
    private static final long RECORD_SIZE = 128;
    private static final long CELL_SIZE = RECORD_SIZE / CELLS_PER_RECORD;

    private static final long EVENT_COUNTS_START = RECORDS_START + RECORDS * RECORD_SIZE;
    public static final int EVENT_COUNTS = 512;
    public static final StructLayout EVENT_COUNT = MemoryLayout
            .structLayout(U32.withName("word"), U32.withName("total"), U64.withName("total_block"),
                    MemoryLayout.paddingLayout(48))
            .withName("event count");
    public static final long EVENT_COUNT_TOTAL = FieldLayouts.offset(EVENT_COUNT, "total");
    public static final long EVENT_COUNT_TOTAL_BLOCK = FieldLayouts.offset(EVENT_COUNT, "total_block");
    /** In place of a total plus 1: it is not known any more. */
    public static final int TOTAL_LOST = -1;
    /** Somebody sleeps, or is about to, until the number changes. */
    public static final int WAITING = 1;
    /** How far the number grows at a time, so that it leaves that bit alone. */
    public static final int ADVANCE = 2;
    private static final int EVENT_COUNT_SHIFT = Integer.numberOfLeadingZeros(EVENT_COUNTS) + 1;
    /** Knuth, The Art of Computer Programming, volume 3, 6.4: multiplication by the golden ratio spreads neighbours. */
    private static final int SPREAD = 0x9E3779B9;

    public static final long BYTE_SIZE = EVENT_COUNTS_START + EVENT_COUNTS * EVENT_COUNT.byteSize();

    // the state of a participant

    public static final int FREE = 0;
    public static final int PRESENT = 1;
    public static final int DEAD = 2;
    public static final int LEAVING = 3;
    private static final int STATE_MASK = 0xFF;
    private static final int OWNER_INDEX_BITS = 11;
    /** It has claims that stand in no cell. */
    public static final long UNANNOUNCED = 1 << 8;
    /** Its lock belongs to the process, which may lose it without noticing, and not to a file description. */
    public static final long PROCESS_LOCK = 1 << 9;
    /** It is dead, and its death has been noted. */
    public static final long NOTED = 1 << 10;
    /** It wakes who sleeps at an event count. */
    public static final long WAKES = 1 << 11;

    private ParticipantsDescriptor() {
    }

    /** Writes the header of a new file whose bytes are 0; the magic last. */
    public static void format(MemorySegment file, long device, long inode) {
        Atomics.putInt(file, VERSION_OFFSET, VERSION);
        Atomics.putInt(file, PARTICIPANTS_OFFSET, PARTICIPANTS);
        Atomics.putInt(file, RECORDS_OFFSET, RECORDS);
        Atomics.putLong(file, DEVICE_OFFSET, device);
        Atomics.putLong(file, INODE_OFFSET, inode);
        Atomics.putInt(file, RECORDS_TOP_OFFSET, 1);
        Atomics.setLongRelease(file, MAGIC_OFFSET, MAGIC);
    }

    /** What keeps a file from being used; null when nothing does. To which segment it belongs is not looked at. */
    public static @Nullable String check(MemorySegment file) {
        long magic = Atomics.getLongAcquire(file, MAGIC_OFFSET);
        int version = Atomics.getInt(file, VERSION_OFFSET);
        int participants = Atomics.getInt(file, PARTICIPANTS_OFFSET);
        int records = Atomics.getInt(file, RECORDS_OFFSET);
        if (magic != MAGIC) {
            return "magic=0x%016X (expected: 0x%016X)".formatted(magic, MAGIC);
        }
        if (version != VERSION || participants != PARTICIPANTS || records != RECORDS) {
            return "version=" + version + ", participants=" + participants + ", records=" + records + " (expected: "
                    + VERSION + ", " + PARTICIPANTS + ", " + RECORDS + ")";
        }
        return null;
    }

    public static boolean belongsTo(MemorySegment file, long device, long inode) {
        return Atomics.getLong(file, DEVICE_OFFSET) == device && Atomics.getLong(file, INODE_OFFSET) == inode;
    }

    /** The numbers of those deaths of which there are rows: no more than there are rows, whatever the bytes say. */
    public static LongStream latestDeaths(long last) {
        return LongStream.range(0, Math.clamp(last, 0, DEATHS)).map(behind -> last - behind).sorted();
    }

    public static long death(long number) {
        return DEATHS_START + Math.floorMod(number, (long) DEATHS) * DEATH.byteSize();
    }

    public static long participant(int index) {
        return PARTICIPANTS_START + index * PARTICIPANT.byteSize();
    }

    public static long record(int number) {
        return RECORDS_START + number * RECORD_SIZE;
    }

    /** Where a cell begins; cells are numbered through all records, and number 0 is none. */
    public static long cell(int number) {
        return RECORDS_START + number * CELL_SIZE;
    }

    /**
     * Where the word of an event count is.
     *
     * @param departures whether it is the one of what leaves the structure, and not of what arrives there
     */
    public static long eventCount(long block, boolean departures) {
        int key = (int) (block >>> 2) + (departures ? 1 : 0);
        return EVENT_COUNTS_START + ((key * SPREAD) >>> EVENT_COUNT_SHIFT) * EVENT_COUNT.byteSize();
    }

    /** The rows that were ever in use: never more than there are, whatever the bytes say. */
    public static int participantsTop(MemorySegment file) {
        return Math.clamp(Atomics.getIntAcquire(file, PARTICIPANTS_TOP_OFFSET), 0, PARTICIPANTS);
    }

    /** As {@link #participantsTop}. */
    public static int recordsTop(MemorySegment file) {
        return Math.clamp(Atomics.getIntAcquire(file, RECORDS_TOP_OFFSET), 1, RECORDS);
    }

    /** Raises one of the two to at least this. */
    public static void raise(MemorySegment file, long topOffset, int top) {
        while (true) {
            int present = Atomics.getIntAcquire(file, topOffset);
            if (present >= top || Atomics.compareAndSetInt(file, topOffset, present, top)) {
                return;
            }
        }
    }

    public static long state(int epoch, int state, long flags) {
        return (long) epoch << 32 | flags | state;
    }

    public static int stateOf(long word) {
        return (int) word & STATE_MASK;
    }

    public static int epochOf(long word) {
        return (int) (word >>> 32);
    }

    /** The same participant in another state. */
    public static long withState(long word, int state) {
        return (word & ~(long) STATE_MASK) | state;
    }

    /**
     * The owner of a record.
     *
     * @param thread its number, of which 21 bits are kept; 0 when it is used by several
     */
    public static long owner(int participant, int epoch, long thread) {
        return ((long) epoch << 32) | ((thread << OWNER_INDEX_BITS) & 0xFFFF_FFFFL) | (participant + 1);
    }

    /** Whether a record belongs to this participant. */
    public static boolean isOwner(long owner, int participant, int epoch) {
        return epochOf(owner) == epoch && participantOf(owner) == participant;
    }

    /** The row of a record's owner, which may be no row if the bytes are wrong; -1 when it has none. */
    public static int participantOf(long owner) {
        return ((int) owner & (1 << OWNER_INDEX_BITS) - 1) - 1;
    }

    /** The number of the thread, as far as it is kept. */
    public static long threadOf(long owner) {
        return (owner & 0xFFFF_FFFFL) >>> OWNER_INDEX_BITS;
    }

    /** The bit of a lock among those that the threads of a record have announced since somebody has cleared them. */
    public static long lockBit(long block) {
        return lockBit(block, 0);
    }

    /** As {@link #lockBit(long)}, of one of many parts of a structure: neighbours have different ones. */
    public static long lockBit(long block, int part) {
        return 1L << ((block >>> 3) + part);
    }

    public static void putName(MemorySegment file, long offset, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        int length = text.length;
        if (length > NAME_SIZE) {
            length = NAME_SIZE;
            while ((text[length] & 0xC0) == 0x80) {
                // No character is cut in two.
                length--;
            }
        }
        for (int i = 0; i < NAME_SIZE; i++) {
            Atomics.putByte(file, offset + i, i < length ? text[i] : 0);
        }
    }

    /** Fit to be shown, whatever the bytes are. */
    public static String name(MemorySegment file, long offset) {
        byte[] text = new byte[NAME_SIZE];
        int length = 0;
        while (length < NAME_SIZE && (text[length] = Atomics.getByte(file, offset + length)) != 0) {
            length++;
        }
        try {
            return PrintableText.of(StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(text, 0, length))
                    .toString());
        } catch (CharacterCodingException e) {
            return "?";
        }
    }
}
