/**
 * Elements in the order they were written, between one writer and one reader; or, in overwrite mode, a history of the newest
 * elements that any number of cursors follow: docs/format/ring.md. The catalogue beside the segment says which of them it is.
 */
export class SharedRing<T, V = T> {
    /** Number of elements it has room for. */
    readonly capacity: number;
    readonly isOverwriting: boolean;
    readonly #attached: Attached;
    readonly #codec: Codec<T, V>;

    constructor(attached: Attached, codec: Codec<T, V>) {
        const { block } = attached;
        const [capacity, size] = block.size < RingPositions.HEADER ? [0, 0]
            : [block.words[4]! >>> 0, block.words[5]! >>> 0];
        if (block.size >= RingPositions.HEADER && (capacity === 0 || size === 0)) {
            throw attached.error("ring is not ready (expected: attach it again when its creator has made it)");
        }
        if (size !== codec.size || block.size !== RingPositions.HEADER + capacity || capacity % size !== 0) {
            throw attached.error(`block is no such ring: bytes=${block.size}, capacity in bytes=${capacity}, element size=${size}`
                + ` (expected: elements of ${codec.size} bytes)`);
        }
        this.capacity = capacity / size;
        this.isOverwriting = attached.options["overwrite"] === "true";
        this.#attached = attached;
        this.#codec = codec;
        this.#positions();
    }

    /** Takes the writer's role, and in overwrite mode that of the reader with it. */
    writer(): RingWriter<V> {
        const roles = [this.#attached.segment.takeRole(this.#attached, 0, "writer")];
        try {
            if (this.isOverwriting) {
                roles.push(this.#attached.segment.takeRole(this.#attached, 1, "reader"));
            }
            return new RingWriter(this.#attached, this.#codec, roles, this.#positions(), this.isOverwriting);
        } catch (e) {
            roles.forEach((role) => this.#attached.segment.giveRoleBack(role));
            throw e;
        }
    }

    /** Takes the reader's role. */
    reader(): RingReader<T> {
        if (this.isOverwriting) {
            throw this.#attached.error("ring is in overwrite mode, where nobody removes elements (read with a cursor)");
        }
        const role = this.#attached.segment.takeRole(this.#attached, 1, "reader");
        try {
            return new RingReader(this.#attached, this.#codec, role, this.#positions());
        } catch (e) {
            this.#attached.segment.giveRoleBack(role);
            throw e;
        }
    }

    /** A reader that removes nothing and that nobody waits for, from the next element to come, or from the oldest one there. */
    cursor(start: "latest" | "earliest" = "latest"): RingCursor<T> {
        const positions = this.#positions(), read = positions.consumed(0);
        return new RingCursor(this.#attached, this.#codec, positions, start === "earliest" ? read : positions.written(read));
    }

    /** The element that was written last; null when there is none, or, in a ring without overwriting, when it was removed. */
    newest(): T | null {
        const positions = this.#positions(), read = positions.consumed(0);
        const from = Math.max(read, positions.written(read) - this.#codec.size);
        return new RingCursor(this.#attached, this.#codec, positions, from).poll();
    }

    /** Elements that can be read now: an estimate. */
    get size(): number {
        const positions = this.#positions(), read = positions.consumed(0);
        return Math.min((positions.written(read) - read) / this.#codec.size, this.capacity);
    }

    /** Elements written since the ring was created. */
    get totalWritten(): bigint {
        this.#attached.segment.requireOpen();
        return BigInt.asUintN(64, Atomics.load(this.#attached.block.longs, 0)) / BigInt(this.#codec.size);
    }

    /** As they are now, and right. */
    #positions(): RingPositions {
        this.#attached.segment.requireOpen();
        const positions = new RingPositions(this.#attached, this.#codec.size);
        for (let looks = 0; ; looks++) {
            const read = positions.consumed(0), written = positions.written(0);
            if (positions.areRight(written, read)) {
                return positions;
            }
            // The two are not of one moment.
            if (looks === 100) {
                throw positions.damaged(written, read);
            }
        }
    }
}

/**
 * Where the writer and the reader of a ring are. Positions count bytes since the ring was made, with 64 bits, and wrap: a number
 * of JavaScript is the distance from where the reader was found, exact for 8 PiB.
 */
class RingPositions {
    static readonly HEADER = 24;
    static readonly #LOOKS_AT_ZERO = 10_000;

    readonly capacity: number;
    readonly #attached: Attached;
    readonly #longs: BigInt64Array;
    readonly #size: number;
    readonly #origin: bigint;
    readonly #slot: number;

    constructor(attached: Attached, size: number) {
        this.#attached = attached;
        this.#longs = attached.block.longs;
        this.#size = size;
        this.capacity = attached.block.size - RingPositions.HEADER;
        this.#origin = Atomics.load(this.#longs, 1);
        this.#slot = Number(BigInt.asUintN(64, this.#origin) % BigInt(this.capacity));
        if (this.#slot % size !== 0) {
            throw this.damaged(0, 0);
        }
    }

    /** How far the writer is. What it has written before is visible then: pairs with its atomic store of this. */
    written(read: number): number {
        return this.#distance(0, read, 0);
    }

    /** How far the reader is; when overwriting, where the elements that can be read begin. Its slots are free: pairs as written(). */
    consumed(written: number): number {
        return this.#distance(1, written, this.capacity);
    }

    storeWritten(position: number): void {
        Atomics.store(this.#longs, 0, this.#absolute(position));
    }

    storeConsumed(position: number): void {
        Atomics.store(this.#longs, 1, this.#absolute(position));
    }

    /** Where the element of a position stands in the block, within which it is for each whole position. */
    slot(position: number): number {
        return RingPositions.HEADER + (this.#slot + position) % this.capacity;
    }

    /** Whole elements, and at most a capacity between them. */
    areRight(written: number, read: number): boolean {
        const distance = written - read;
        return distance >= 0 && distance <= this.capacity && written % this.#size === 0 && read % this.#size === 0;
    }

    damaged(written: number, read: number): ZeroIpcError {
        return this.#attached.error(`ring positions are damaged: write_pos=${BigInt.asUintN(64, this.#absolute(written))}, read_pos=`
            + `${BigInt.asUintN(64, this.#absolute(read))}, capacity in bytes=${this.capacity}, element size=${this.#size} (another`
            + " program reset the ring or wrote over it, or there are two on the same side; give this role back and take it again)");
    }

    #absolute(position: number): bigint {
        return BigInt.asIntN(64, this.#origin + BigInt(position));
    }

    /**
     * Some programs in Python clear the word before they store a position: a 0 is looked at again unless it can be, which is where
     * the other side is no further than this.
     */
    #distance(index: number, other: number, believed: number): number {
        let position = Atomics.load(this.#longs, index);
        if (position === 0n && BigInt.asUintN(64, this.#absolute(other)) > BigInt(believed)) {
            for (let looks = 0; position === 0n && looks < RingPositions.#LOOKS_AT_ZERO; looks++) {
                position = Atomics.load(this.#longs, index);
            }
        }
        return Number(BigInt.asIntN(64, position - this.#origin));
    }
}

/** The writing side of a ring. */
export class RingWriter<V> {
    readonly #attached: Attached;
    readonly #encoder: Encoder<V>;
    readonly #positions: RingPositions;
    readonly #overwriting: boolean;
    #roles: bigint[] | null;
    #written: number;
    /** As last seen; when overwriting, what nobody else changes. */
    #read: number;

    constructor(attached: Attached, encoder: Encoder<V>, roles: bigint[], positions: RingPositions,
        overwriting: boolean) {
        this.#attached = attached;
        this.#encoder = encoder;
        this.#roles = roles;
        this.#positions = positions;
        this.#overwriting = overwriting;
        this.#read = positions.consumed(0);
        this.#written = positions.written(this.#read);
    }

    /** Writes without waiting; false when the ring is full, which never happens in overwrite mode. */
    offer(element: V): boolean {
        this.#attached.segment.requireOpen();
        if (this.#roles === null) {
            throw this.#attached.error("ring writer is closed");
        }
        const encoded = this.#encoder.encode(element);
        const { size } = this.#encoder;
        if (this.#written + size - this.#read > this.#positions.capacity && !this.#makeRoom(size)) {
            return false;
        }
        Bytes.copy(encoded, 0, this.#attached.block, this.#positions.slot(this.#written), size);
        this.#written += size;
        // Pairs with the look of a reader or cursor: who sees the position sees the elements before it.
        this.#positions.storeWritten(this.#written);
        return true;
    }

    /** Writes, waiting for room as long as it takes. */
    async put(element: V, signal?: AbortSignal): Promise<void> {
        await this.offerWithin(element, Infinity, signal);
    }

    /** Writes, waiting for room at most so long; false when there was none. */
    async offerWithin(element: V, milliseconds: number, signal?: AbortSignal): Promise<boolean> {
        const written = () => this.offer(element) ? true : null;
        return await Waiting.until(this.#attached.segment, written, milliseconds, signal) !== null;
    }

    /** Gives the role back. */
    close(): void {
        this.#roles?.forEach((role) => this.#attached.segment.giveRoleBack(role));
        this.#roles = null;
    }

    #makeRoom(size: number): boolean {
        if (this.#overwriting) {
            this.#read = this.#written + size - this.#positions.capacity;
            this.#positions.storeConsumed(this.#read);
            // Pairs with the fence in RingCursor: whoever copies a byte stored from here on sees the position stored above.
            Bytes.fence();
            return true;
        }
        const read = this.#positions.consumed(this.#written);
        if (!this.#positions.areRight(this.#written, read)) {
            throw this.#positions.damaged(this.#written, read);
        }
        this.#read = read;
        return this.#written + size - read <= this.#positions.capacity;
    }
}

/** The reading side of a ring. */
export class RingReader<T> implements AsyncIterable<T> {
    readonly #attached: Attached;
    readonly #codec: { readonly size: number; decode(copy: Bytes): T };
    readonly #positions: RingPositions;
    readonly #copy: Bytes;
    #role: bigint | null;
    #read: number;
    /** As last seen. */
    #written: number;

    constructor(attached: Attached, codec: { readonly size: number; decode(copy: Bytes): T }, role: bigint,
        positions: RingPositions) {
        this.#attached = attached;
        this.#codec = codec;
        this.#role = role;
        this.#positions = positions;
        this.#copy = Bytes.of(codec.size);
        this.#read = positions.consumed(0);
        this.#written = this.#read;
    }

    /** The next element, which is removed; null when there is none. */
    poll(): T | null {
        this.#attached.segment.requireOpen();
        if (this.#role === null) {
            throw this.#attached.error("ring reader is closed");
        }
        const { size } = this.#codec;
        if (this.#written === this.#read) {
            const written = this.#positions.written(this.#read);
            if (!this.#positions.areRight(written, this.#read)) {
                throw this.#positions.damaged(written, this.#read);
            }
            this.#written = written;
            if (written === this.#read) {
                return null;
            }
        }
        Bytes.copy(this.#attached.block, this.#positions.slot(this.#read), this.#copy, 0, size);
        this.#read += size;
        // Pairs with the look of the writer for room: we have read the slots before this position.
        this.#positions.storeConsumed(this.#read);
        return this.#codec.decode(this.#copy);
    }

    /** The next element, waiting for one as long as it takes. */
    async take(signal?: AbortSignal): Promise<T> {
        return await this.pollWithin(Infinity, signal) as T;
    }

    /** The next element, waiting for one at most so long; null when none came. */
    pollWithin(milliseconds: number, signal?: AbortSignal): Promise<T | null> {
        return Waiting.until(this.#attached.segment, () => this.poll(), milliseconds, signal);
    }

    /** One element after the other, until the loop is left, the signal is aborted, or this reader or the segment is closed. */
    elements(signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
        return Waiting.each(this.#attached.segment, () => this.poll(), () => this.#role !== null, signal);
    }

    [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
        return this.elements();
    }

    /** Gives the role back. */
    close(): void {
        if (this.#role !== null) {
            this.#attached.segment.giveRoleBack(this.#role);
            this.#role = null;
        }
    }
}

/** A reader with a position of its own, that removes nothing. It goes on behind what was overwritten, and counts that. */
export class RingCursor<T> implements AsyncIterable<T> {
    /** How often it copies again because the writer got there first, each time nearer to the newest element. */
    static readonly #ATTEMPTS = 8;

    readonly #attached: Attached;
    readonly #codec: { readonly size: number; decode(copy: Bytes): T };
    readonly #positions: RingPositions;
    readonly #copy: Bytes;
    #open = true;
    #position: number;
    #lost = 0;

    constructor(attached: Attached, codec: { readonly size: number; decode(copy: Bytes): T }, positions: RingPositions,
        from: number) {
        this.#attached = attached;
        this.#codec = codec;
        this.#positions = positions;
        this.#copy = Bytes.of(codec.size);
        this.#position = from;
    }

    /** The next element; null when there is none now, or none could be copied before it was overwritten. */
    poll(): T | null {
        this.#attached.segment.requireOpen();
        if (!this.#open) {
            throw this.#attached.error("ring cursor is closed");
        }
        return this.#fetch() ? this.#codec.decode(this.#copy) : null;
    }

    /** The next element, waiting for one as long as it takes. */
    async take(signal?: AbortSignal): Promise<T> {
        return await this.pollWithin(Infinity, signal) as T;
    }

    /** The next element, waiting for one at most so long; null when none came. */
    pollWithin(milliseconds: number, signal?: AbortSignal): Promise<T | null> {
        return Waiting.until(this.#attached.segment, () => this.poll(), milliseconds, signal);
    }

    /** One element after the other, until the loop is left, the signal is aborted, or this cursor or the segment is closed. */
    elements(signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
        return Waiting.each(this.#attached.segment, () => this.poll(), () => this.#open, signal);
    }

    [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
        return this.elements();
    }

    /** Elements that were overwritten, or skipped to get out of the writer's way, since this cursor began. */
    get lost(): number {
        return this.#lost;
    }

    close(): void {
        this.#open = false;
    }

    #fetch(): boolean {
        const { size } = this.#codec, { capacity } = this.#positions;
        for (let attempt = 0; attempt < RingCursor.#ATTEMPTS; attempt++) {
            const written = this.#positions.written(this.#position);
            const ahead = written - this.#position;
            if (ahead < size) {
                if (ahead !== 0) {
                    throw this.#positions.damaged(written, this.#position);
                }
                return false;
            }
            if (ahead <= capacity) {
                Bytes.copy(this.#attached.block, this.#positions.slot(this.#position), this.#copy, 0, size);
                // Pairs with the fence in RingWriter: had we copied a newer byte, we would now see a position beyond it.
                Bytes.fence();
            }
            const oldest = this.#oldest(written);
            if (ahead <= capacity && oldest <= this.#position) {
                this.#position += size;
                return true;
            }
            this.#skip(oldest, written, attempt);
        }
        return false;
    }

    /** At most a capacity behind what was seen of the writer, and perhaps far beyond it. */
    #oldest(written: number): number {
        const oldest = this.#positions.consumed(written);
        if (written - oldest > this.#positions.capacity || oldest % this.#codec.size !== 0) {
            throw this.#positions.damaged(written, oldest);
        }
        return oldest;
    }

    /** Goes on at the oldest element the first time, and nearer to the newest each time after that: the oldest is overwritten next. */
    #skip(oldest: number, written: number, attempt: number): void {
        const { size } = this.#codec;
        // Nobody moves the one beyond the other.
        const newest = this.#positions.written(oldest);
        if (newest < oldest || newest % size !== 0) {
            throw this.#positions.damaged(newest, oldest);
        }
        const from = Math.max(this.#position, oldest);
        const behind = Math.max(0, written - from) / size;
        const margin = attempt === 0 ? 0
            : Math.max(0, Math.min(behind - Math.floor(behind / (attempt + 1)), behind - 1));
        const next = from + Math.floor(margin) * size;
        this.#lost += (next - this.#position) / size;
        this.#position = next;
    }
}
