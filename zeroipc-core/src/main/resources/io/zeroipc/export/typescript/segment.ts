import * as koffi from "koffi";

/** What a segment, one of its structures or the system refuses. */
export class ZeroIpcError extends Error {
    override readonly name: string = "ZeroIpcError";
}

/** Somebody else, in whatever process, has the role that was asked for. */
export class RoleTakenError extends ZeroIpcError {
    override readonly name: string = "RoleTakenError";
}

/** How a segment is opened. */
export interface OpenOptions {
    /** Whose file it may be: this user's or root's, unless it is anybody's. */
    readonly owner?: "same-or-root" | "any";
}

/** The functions of the C library that it takes; looked up when the first segment is opened, and not at import. */
interface Libc {
    open(path: string, flags: number): number;
    close(descriptor: number): number;
    statx(directory: number, path: string, flags: number, mask: number, facts: DataView): number;
    pread(descriptor: number, buffer: Uint8Array, size: number, offset: number): number;
    mmap(at: bigint | null, size: number, access: number, flags: number, descriptor: number, offset: number): bigint;
    fcntl(descriptor: number, command: number, type: string, lock: DataView): number;
    geteuid(): number;
}

let loaded: Libc | null = null;

function libc(): Libc {
    if (loaded === null) {
        try {
            if (koffi.sizeof("void *") !== 8) {
                throw new Error("not a system of 64 bits");
            }
            const library = koffi.load(null);
            loaded = {
                open: library.func("int open(const char *path, int flags, ...)"),
                close: library.func("int close(int descriptor)"),
                // Not fstat: it has another layout on each processor, and no symbol of its own in older libraries.
                statx: library.func("int statx(int directory, const char *path, int flags, unsigned int mask, void *facts)"),
                pread: library.func("int64_t pread(int descriptor, void *buffer, size_t size, int64_t offset)"),
                mmap: library.func("void *mmap(void *at, size_t size, int access, int flags, int descriptor, int64_t offset)"),
                fcntl: library.func("int fcntl(int descriptor, int command, ...)"),
                geteuid: library.func("unsigned int geteuid()"),
            };
        } catch (e) {
            throw new ZeroIpcError(`no segments here: ${e} (expected: Linux of 64 bits with statx)`);
        }
    }
    return loaded;
}

/** The name that the system has for what happened last. */
function failure(): string {
    const number = koffi.errno();
    return Object.keys(koffi.os.errno).find((name) => koffi.os.errno[name] === number) ?? `errno ${number}`;
}

/** What the system tells of a file. */
class FileFacts {
    static readonly #NOT_FOLLOWING = 0x100;
    static readonly #OF_DESCRIPTOR = 0x1000;
    static readonly #HERE = -100;
    static readonly #BASIC = 0x7ff;
    static readonly #KIND = 0o170000;

    readonly mode: number;
    readonly owner: number;
    readonly size: number;
    /** As a catalogue has it. */
    readonly identity: string;

    private constructor(facts: DataView) {
        const major = BigInt(facts.getUint32(136, true));
        const minor = BigInt(facts.getUint32(140, true));
        const device = ((major & ~0xfffn) << 32n) | ((major & 0xfffn) << 8n) | ((minor & ~0xffn) << 12n) | (minor & 0xffn);
        this.owner = facts.getUint32(20, true);
        this.mode = facts.getUint16(28, true);
        this.size = Number(facts.getBigUint64(40, true));
        this.identity = `device=${device}, inode=${facts.getBigUint64(32, true)}`;
    }

    /** Of what stands there, be it a link; null for nothing. */
    static ofPath(path: string): FileFacts | null {
        const facts = new DataView(new ArrayBuffer(256));
        return libc().statx(FileFacts.#HERE, path, FileFacts.#NOT_FOLLOWING, FileFacts.#BASIC, facts) === 0
            ? new FileFacts(facts) : null;
    }

    static ofDescriptor(descriptor: number): FileFacts {
        const facts = new DataView(new ArrayBuffer(256));
        if (libc().statx(descriptor, "", FileFacts.#OF_DESCRIPTOR, FileFacts.#BASIC, facts) !== 0) {
            throw new ZeroIpcError(`file cannot be examined: ${failure()}`);
        }
        return new FileFacts(facts);
    }

    /** Why the file is not one to be read; null when it is. */
    distrust(owner: "same-or-root" | "any"): string | null {
        const kind = this.mode & FileFacts.#KIND;
        if (kind !== 0o100000) {
            return kind === 0o120000 ? "is a symbolic link (expected: the path of the file itself)" : "is not a file";
        }
        const self = libc().geteuid();
        if (owner === "any" || this.owner === self) {
            return null;
        }
        if (this.owner !== 0) {
            return `belongs to another user: owner id=${this.owner}, user id=${self} (expected: one user for both, or`
                + ' { owner: "any" })';
        }
        return (this.mode & 0o002) === 0 ? null
            : `belongs to another user and is writable by everybody: owner id=${this.owner} (expected: no write`
                + ' permission for others, or { owner: "any" })';
    }
}

/** Bytes of a segment, or of a copy, in the widths in which they are moved. All begin at a multiple of 8. */
class Bytes {
    readonly buffer: ArrayBuffer;
    readonly view: DataView;
    readonly bytes: Uint8Array;
    readonly words: Int32Array;
    readonly longs: BigInt64Array;

    constructor(buffer: ArrayBuffer) {
        this.buffer = buffer;
        this.view = new DataView(buffer);
        this.bytes = new Uint8Array(buffer);
        this.words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
        this.longs = new BigInt64Array(buffer, 0, Math.floor(buffer.byteLength / 8));
    }

    /** Room for one element. */
    static of(size: number): Bytes {
        return new Bytes(new ArrayBuffer(Math.ceil(size / 8) * 8));
    }

    /**
     * Copies to or from the start of another one. By words, where they can be; what is longer than some of them is left to
     * what copies faster and takes longer to begin. Never by a DataView, which is allowed to move a number byte by byte.
     */
    static copy(from: Bytes, start: number, to: Bytes, at: number, size: number): void {
        if (size <= 128 && ((start | at | size) & 3) === 0) {
            const source = from.words, target = to.words, count = size / 4;
            for (let i = 0, s = start / 4, t = at / 4; i < count; i++, s++, t++) {
                target[t] = source[s]!;
            }
        } else {
            to.bytes.set(from.bytes.subarray(start, start + size), at);
        }
    }

    static readonly #FENCE = new Int32Array(1);

    /**
     * A full fence, made of what there is: the store lets nothing before it move behind it, the load nothing behind it before
     * it, and the two stay in this order. An atomic store alone does not hold later plain stores back.
     */
    static fence(): number {
        Atomics.store(Bytes.#FENCE, 0, 0);
        return Atomics.load(Bytes.#FENCE, 0);
    }
}

/** The bytes of a row of the table. */
class Block extends Bytes {
    readonly segment: MappedSegment;
    /** In the segment. */
    readonly offset: number;
    readonly size: number;

    constructor(segment: MappedSegment, offset: number, buffer: ArrayBuffer) {
        super(buffer);
        this.segment = segment;
        this.offset = offset;
        this.size = buffer.byteLength;
    }
}

/** What the creator of a structure has written down of it, in a line of the catalogue. */
interface Declaration {
    readonly name?: unknown;
    readonly kind?: unknown;
    readonly offset?: unknown;
    readonly element?: { readonly fingerprint?: unknown };
    readonly options?: { readonly [name: string]: unknown };
}

/** A structure that was found to be what was exported. */
class Attached {
    readonly segment: MappedSegment;
    readonly name: string;
    readonly block: Block;
    readonly options: { readonly [name: string]: unknown };

    constructor(segment: MappedSegment, name: string, block: Block, options: { readonly [name: string]: unknown }) {
        this.segment = segment;
        this.name = name;
        this.block = block;
        this.options = options;
    }

    error(problem: string): ZeroIpcError {
        return this.segment.error(this.name, problem);
    }
}

interface Mapping {
    readonly at: bigint;
    readonly size: number;
    readonly identity: string;
    readonly locks: number;
}

/**
 * A segment's file in the memory of this process: docs/format/segment.md. Each block has a buffer of its own, as no buffer of
 * JavaScript has room for a large segment.
 */
class MappedSegment {
    static readonly #MAGIC = 0x5a49504d;
    static readonly #HEADER = 32;
    static readonly #ROW = 48;
    static readonly #ROWS_MAX = 0xfffff;
    /** What an array of JavaScript has room for. */
    static readonly #BLOCK_MAX = 2 ** 32;
    static readonly #CATALOGUE_MAX = 16 * 2 ** 20;
    static readonly #USERS = 1n << 62n;
    static readonly #USERS_MAX = 1024;
    static readonly #ROLES = (1n << 62n) + (1n << 56n);

    readonly path: string;
    readonly #owner: "same-or-root" | "any";
    readonly #mapping: Mapping;
    /** The header and the table. */
    readonly #table: Bytes;
    readonly #rowsMax: number;
    readonly #structures = new Map<string, unknown>();
    readonly #roles = new Set<bigint>();
    /** Why nothing can be done any more. */
    #ended: string | null = null;

    constructor(path: string, options: OpenOptions) {
        this.path = path;
        this.#owner = options.owner ?? "same-or-root";
        const opened = this.#open(FileFacts.ofPath(path));
        try {
            const facts = FileFacts.ofDescriptor(opened);
            const header = Bytes.of(MappedSegment.#HEADER);
            if (libc().pread(opened, header.bytes, MappedSegment.#HEADER, 0) !== MappedSegment.#HEADER) {
                throw this.#refused(`file is too short for a segment: file size=${facts.size}`);
            }
            this.#rowsMax = this.#checkedRows(header, facts.size);
            const size = Number(header.longs[2]);
            const locks = this.#use(facts.identity);
            // Readable and writable, shared with everybody who maps the file.
            const at = libc().mmap(null, size, 3, 1, opened, 0);
            if (at === 2n ** 64n - 1n) {
                const why = failure();
                libc().close(locks);
                throw this.#refused(`file cannot be mapped: ${why}, bytes=${size}`);
            }
            this.#mapping = { at, size, identity: facts.identity, locks };
            this.#table = new Bytes(koffi.view(at, MappedSegment.#HEADER + this.#rowsMax * MappedSegment.#ROW));
        } finally {
            libc().close(opened);
        }
    }

    /** Gives the roles and the file back. What is left of the memory reads as zero: nobody must find it gone. */
    close(): void {
        if (this.#ended === null || this.#ended.startsWith("segment was")) {
            this.#ended = "segment is closed";
            this.#roles.clear();
            libc().close(this.#mapping.locks);
            // In the same place, private, of no file, and of no page either until somebody writes to it.
            libc().mmap(this.#mapping.at, this.#mapping.size, 3, 0x4032, -1, 0);
        }
    }

    get isOpen(): boolean {
        return this.#ended === null;
    }

    /** At the beginning of every operation. */
    requireOpen(): void {
        if (this.#ended !== null) {
            throw this.#refused(this.#ended);
        }
    }

    /** Whether the path still leads to this file; from the first time on that it does not, everything is refused. */
    verify(): void {
        this.requireOpen();
        const facts = FileFacts.ofPath(this.path);
        if (facts === null) {
            this.#ended = "segment was removed (expected: open it again when its creator has made it anew)";
        } else if (facts.identity !== this.#mapping.identity || facts.size < this.#mapping.size) {
            this.#ended = "segment was replaced or truncated (expected: open it again)";
        }
        this.requireOpen();
    }

    error(structure: string, problem: string): ZeroIpcError {
        return new ZeroIpcError(`${problem}: segment=${this.path}, structure=${structure}`);
    }

    /**
     * A structure that is what was exported, the same object each time.
     *
     * @param row of the block that decides
     * @param fingerprint of the elements; empty where there are none
     */
    attach<S>(name: string, kind: string, row: string, fingerprint: string, bind: (attached: Attached) => S): S {
        this.requireOpen();
        const known = this.#structures.get(name);
        if (known !== undefined) {
            return known as S;
        }
        const block = this.block(row);
        if (block === null) {
            throw new ZeroIpcError(`structure not found: segment=${this.path}, structure=${name}, kind=${kind} (present: `
                + `${this.#rows().map((each) => each.name).join(", ")})`);
        }
        const declaration = this.#declaration(name, block.offset);
        if (declaration !== null && declaration.kind !== kind) {
            throw this.error(name, `structure is another one: kind=${declaration.kind} (expected: ${kind}, as exported; run`
                + " zeroipc export again)");
        }
        const found = declaration?.element?.fingerprint;
        if (fingerprint !== "" && typeof found === "string" && found !== fingerprint) {
            throw this.error(name, `element type is another one: fingerprint=${found} (expected: ${fingerprint}, as exported;`
                + " run zeroipc export again)");
        }
        const structure = bind(new Attached(this, name, block, declaration?.options ?? {}));
        this.#structures.set(name, structure);
        return structure;
    }

    /** Null where there is no such row. */
    block(row: string): Block | null {
        const found = this.#rows().find((each) => each.name === row);
        if (found === undefined) {
            return null;
        }
        const table = MappedSegment.#HEADER + this.#rowsMax * MappedSegment.#ROW;
        // Both are numbers without a sign, so neither is below 0, and the sum of two that are no larger than the segment is exact.
        if (found.offset % 8 !== 0 || found.offset < table || found.offset > this.#mapping.size
            || found.size > this.#mapping.size - found.offset) {
            throw this.error(row, `table entry points outside of the segment: offset=${found.offset}, size=${found.size}`);
        }
        if (found.size > MappedSegment.#BLOCK_MAX) {
            throw this.error(row, `block is too large for this language: size=${found.size} (expected: at most`
                + ` ${MappedSegment.#BLOCK_MAX})`);
        }
        return new Block(this, found.offset, koffi.view(this.#mapping.at + BigInt(found.offset), found.size));
    }

    /** Takes a role for this object, until it gives it back or the process ends. */
    takeRole(attached: Attached, index: number, label: string): bigint {
        this.requireOpen();
        const position = MappedSegment.#ROLES + BigInt(attached.block.offset + index);
        let taken = !this.#roles.has(position) && this.#lock(this.#mapping.locks, position, true);
        // Whoever only looks whether it is taken has it for a moment.
        for (let looks = 0; looks < 3 && !taken && !this.#roles.has(position); looks++) {
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
            taken = this.#lock(this.#mapping.locks, position, true);
        }
        if (!taken) {
            throw new RoleTakenError(`role is taken: segment=${this.path}, structure=${attached.name}, role=${label} (there is one`
                + ` at a time in all processes; close the other ${label}, or end the process that holds it)`);
        }
        this.#roles.add(position);
        return position;
    }

    giveRoleBack(position: bigint): void {
        if (this.isOpen && this.#roles.delete(position)) {
            this.#lock(this.#mapping.locks, position, false);
        }
    }

    #refused(problem: string): ZeroIpcError {
        return new ZeroIpcError(`${problem}: segment=${this.path}`);
    }

    /** Opens what was examined, and nothing else that stands there by now. */
    #open(examined: FileFacts | null): number {
        if (examined === null) {
            throw this.#refused(`segment not found: ${failure()} (expected: start the process that creates it)`);
        }
        const problem = examined.distrust(this.#owner);
        if (problem !== null) {
            throw this.#refused(`segment ${problem}`);
        }
        // To read and write; not for programs that this one starts; without waiting for a pipe that has taken the file's place.
        const descriptor = libc().open(this.path, 0o2004002);
        if (descriptor < 0) {
            throw this.#refused(`segment cannot be opened: ${failure()}`);
        }
        if (FileFacts.ofDescriptor(descriptor).identity !== examined.identity) {
            libc().close(descriptor);
            throw this.#refused("segment was replaced just now (expected: open it again)");
        }
        return descriptor;
    }

    /** How many rows the table has, of a header that is right. */
    #checkedRows(header: Bytes, fileSize: number): number {
        const { view } = header;
        const magic = view.getUint32(0, true), version = view.getUint32(4, true), next = view.getBigUint64(24, true);
        if (magic === 0 || version === 0 || next === 0n) {
            throw this.#refused("segment is not finished (expected: open it again when its creator has made it)");
        }
        if (magic !== MappedSegment.#MAGIC || header.words[0] !== MappedSegment.#MAGIC || version !== 2) {
            throw this.#refused(`not a usable segment: magic=0x${magic.toString(16)}, version=${version} (expected: `
                + `0x${MappedSegment.#MAGIC.toString(16)}, 2)`);
        }
        const rows = view.getUint32(8, true), rowsMax = view.getUint32(12, true) || 64, size = view.getBigUint64(16, true);
        const table = BigInt(MappedSegment.#HEADER + rowsMax * MappedSegment.#ROW);
        if (size > BigInt(fileSize) || rowsMax > MappedSegment.#ROWS_MAX || table > size || rows > rowsMax || next < table
            || next > size) {
            throw this.#refused(`not a usable segment: entry_count=${rows}, max_entries=${rowsMax}, memory_size=${size},`
                + ` next_offset=${next} (expected: a table within the segment, and that within ${fileSize} bytes)`);
        }
        return rowsMax;
    }

    #rows(): { readonly name: string; readonly offset: number; readonly size: number }[] {
        // Pairs with the release-store of whoever adds a row: those below this count are complete.
        const count = Math.min(Atomics.load(this.#table.words, 2) >>> 0, this.#rowsMax);
        return Array.from({ length: count }, (_, i) => {
            const at = MappedSegment.#HEADER + i * MappedSegment.#ROW;
            const name = this.#table.bytes.slice(at, at + 32);
            return {
                name: new TextDecoder().decode(name.subarray(0, name.indexOf(0) < 0 ? 32 : name.indexOf(0))),
                offset: Number(this.#table.view.getBigUint64(at + 32, true)),
                size: Number(this.#table.view.getBigUint64(at + 40, true)),
            };
        });
    }

    /** Null where nobody has written anything down, or of another segment. */
    #declaration(name: string, offset: number): Declaration | null {
        let last: Declaration | null = null;
        const [head, ...lines] = this.#catalogue();
        if (head?.["format"] === "zeroipc-types" && head["version"] === 1 && head["segment"] === this.#mapping.identity) {
            for (const line of lines as Declaration[]) {
                if (line.name === name && line.offset === offset) {
                    last = line;
                }
            }
        }
        return last;
    }

    /** The objects in the file beside the segment; lines that hold none say nothing. */
    #catalogue(): { readonly [name: string]: unknown }[] {
        const path = `${this.path}.zipc`;
        const examined = FileFacts.ofPath(path);
        if (examined === null || examined.distrust(this.#owner) !== null) {
            return [];
        }
        const descriptor = libc().open(path, 0o2004000);
        if (descriptor < 0) {
            return [];
        }
        try {
            const facts = FileFacts.ofDescriptor(descriptor);
            if (facts.identity !== examined.identity || facts.size > MappedSegment.#CATALOGUE_MAX) {
                return [];
            }
            const bytes = new Uint8Array(facts.size);
            const size = libc().pread(descriptor, bytes, facts.size, 0);
            // What is behind the last line feed is still being written.
            return new TextDecoder().decode(bytes.subarray(0, Math.max(0, size))).split("\n").slice(0, -1).map((line) => {
                try {
                    const object: unknown = JSON.parse(line);
                    return typeof object === "object" && object !== null ? object as { [name: string]: unknown } : {};
                } catch {
                    return {};
                }
            });
        } finally {
            libc().close(descriptor);
        }
    }

    /**
     * Becomes a user of the file, so that nobody takes it for unused and removes it: the kernel ends that with this process.
     *
     * @returns a descriptor of its own, which is what locks belong to
     */
    #use(identity: string): number {
        const locks = this.#open(FileFacts.ofPath(this.path));
        // From the end: the first ones are the rows of those that take part, and whoever holds one keeps a dead one alive.
        let i = MappedSegment.#USERS_MAX - 1;
        while (i >= 0 && !this.#lock(locks, MappedSegment.#USERS + BigInt(i), true)) {
            i--;
        }
        // It may have been removed before we were a user.
        if (i < 0 || FileFacts.ofPath(this.path)?.identity !== identity) {
            libc().close(locks);
            throw this.#refused(i < 0 ? `segment has too many users: users=${MappedSegment.#USERS_MAX}`
                : "segment was replaced just now (expected: open it again)");
        }
        return locks;
    }

    /** False where somebody else has it. */
    #lock(descriptor: number, position: bigint, take: boolean): boolean {
        // A struct flock: type, whence, start, length, and a process id, which must be 0.
        const lock = new DataView(new ArrayBuffer(32));
        lock.setInt16(0, take ? 1 : 2, true);
        lock.setBigInt64(8, position, true);
        lock.setBigInt64(16, 1n, true);
        // F_OFD_SETLK
        if (libc().fcntl(descriptor, 37, "void *", lock) === 0) {
            return true;
        }
        const why = failure();
        if (why !== "EAGAIN" && why !== "EWOULDBLOCK" && why !== "EACCES") {
            throw this.#refused(`lock cannot be taken: ${why}`);
        }
        return false;
    }
}
