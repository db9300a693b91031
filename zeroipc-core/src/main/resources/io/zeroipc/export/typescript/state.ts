/** A value with what belongs to it. */
export interface Snapshot<T> {
    readonly value: T;
    /** Its number, from 1. */
    readonly version: bigint;
    /** When it was set, by the writer's clock: nanoseconds since 1970-01-01T00:00Z. */
    readonly timestamp: bigint;
}

/** The newest value of something that changes, always whole; by one writer, for any number of readers: docs/format/state.md. */
export class SharedState<T, V = T> {
    static readonly #MAGIC = 0x5441_5453_4350_495an;
    static readonly #HEADER = 64;
    static readonly #SLOT_HEADER = 24;
    static readonly #SLOTS_MAX = 65536;
    static readonly #LATEST = 5;
    /** A writer has to make the whole round of the slots within each of them. */
    static readonly #ATTEMPTS = 20_000;

    readonly #attached: Attached;
    readonly #codec: Codec<T, V>;
    readonly #slots: number;
    readonly #stride: number;
    readonly #copy: Bytes;
    #timestamp = 0n;

    constructor(attached: Attached, codec: Codec<T, V>) {
        const { block } = attached;
        const { longs } = block;
        if (block.size > SharedState.#HEADER && Atomics.load(longs, 0) === 0n) {
            throw attached.error("state is not ready (expected: attach it again when its creator has made it)");
        }
        if (block.size <= SharedState.#HEADER || longs[0] !== SharedState.#MAGIC || longs[1] !== 1n) {
            throw attached.error(`block is no state of version 1: bytes=${block.size}, magic=${longs[0]}, format_version=${longs[1]}`);
        }
        const [payload, slots, stride] = Array.from(longs.subarray(2, 5), Number) as [number, number, number];
        if (payload !== codec.size || slots < 4 || slots > SharedState.#SLOTS_MAX || (slots & (slots - 1)) !== 0
            || stride % 8 !== 0 || stride < SharedState.#SLOT_HEADER + payload
            || block.size !== SharedState.#HEADER + slots * stride) {
            throw attached.error(`block is no such state: bytes=${block.size}, payload_size=${payload}, slot_count=${slots},`
                + ` slot_stride=${stride} (expected: values of ${codec.size} bytes)`);
        }
        this.#attached = attached;
        this.#codec = codec;
        this.#slots = slots;
        this.#stride = stride;
        this.#copy = Bytes.of(codec.size);
    }

    /** The newest value; null when none was set yet. */
    get(): T | null {
        return this.#copyLatest() === 0n ? null : this.#codec.decode(this.#copy);
    }

    /** The newest value with its version and time; null when none was set yet. */
    snapshot(): Snapshot<T> | null {
        const version = this.#copyLatest();
        return version === 0n ? null : { value: this.#codec.decode(this.#copy), version, timestamp: this.#timestamp };
    }

    /** The number of values set so far, which is the version of the newest. */
    get version(): bigint {
        this.#attached.segment.requireOpen();
        // Pairs with the store of it in StateWriter.set(): the slot of this version is complete.
        return Atomics.load(this.#attached.block.longs, SharedState.#LATEST);
    }

    /** Waits for another value than that of a version, at most so long; null when none came. */
    awaitChange(version: bigint, milliseconds: number, signal?: AbortSignal): Promise<Snapshot<T> | null> {
        const look = () => this.version === version ? null : this.snapshot();
        return Waiting.until(this.#attached.segment, look, milliseconds, signal);
    }

    /**
     * The present value, and then each time the newest when it is another one: slow consumers miss some. Until the loop is left,
     * the signal is aborted or the segment is closed.
     */
    changes(signal?: AbortSignal): AsyncGenerator<Snapshot<T>, void, undefined> {
        let seen = 0n;
        const look = () => {
            const found = this.version === seen ? null : this.snapshot();
            seen = found?.version ?? seen;
            return found;
        };
        return Waiting.each(this.#attached.segment, look, () => true, signal);
    }

    /** Takes the writer's role. It goes on behind the last complete value, also that of a writer which died. */
    writer(): StateWriter<V> {
        const role = this.#attached.segment.takeRole(this.#attached, 0, "writer");
        return new StateWriter(this.#attached, this.#codec, role, SharedState.#LATEST, (version) => this.#slot(version));
    }

    #slot(version: bigint): number {
        return SharedState.#HEADER + (Number(BigInt.asUintN(16, version)) & (this.#slots - 1)) * this.#stride;
    }

    /** The version that was copied; 0 when there is none. */
    #copyLatest(): bigint {
        this.#attached.segment.requireOpen();
        const { block } = this.#attached;
        const { longs } = block;
        for (let attempts = 0; attempts < SharedState.#ATTEMPTS; attempts++) {
            const version = Atomics.load(longs, SharedState.#LATEST);
            if (version === 0n) {
                return 0n;
            }
            const at = this.#slot(version);
            const complete = BigInt.asIntN(64, version << 1n);
            // Pairs with the store of the even sequence in StateWriter.set(): what is read from here on is as new at least.
            if (Atomics.load(longs, at / 8) === complete) {
                const timestamp = longs[at / 8 + 1]!;
                Bytes.copy(block, at + SharedState.#SLOT_HEADER, this.#copy, 0, this.#codec.size);
                // Pairs with the fence in StateWriter.set(): had we copied a newer byte, we would now see the odd sequence before it.
                Bytes.fence();
                if (Atomics.load(longs, at / 8) === complete) {
                    this.#timestamp = timestamp;
                    return version;
                }
            }
        }
        throw this.#attached.error(`state is overwritten faster than it can be read: slots=${this.#slots} (expected: more slots,`
            + " or fewer values; or its newest slot is damaged by a program without the writer's role)");
    }
}

/** The writing side of a state. */
export class StateWriter<V> {
    readonly #attached: Attached;
    readonly #encoder: Encoder<V>;
    readonly #latest: number;
    readonly #slot: (version: bigint) => number;
    #role: bigint | null;
    /** Mirrors what nobody else changes. */
    #version: bigint;

    constructor(attached: Attached, encoder: Encoder<V>, role: bigint, latest: number,
        slot: (version: bigint) => number) {
        this.#attached = attached;
        this.#encoder = encoder;
        this.#role = role;
        this.#latest = latest;
        this.#slot = slot;
        this.#version = Atomics.load(attached.block.longs, latest);
    }

    /** Sets the value. When it cannot be encoded the old one stays. */
    set(value: V, timestamp: bigint = StateWriter.#now()): void {
        this.#attached.segment.requireOpen();
        if (this.#role === null) {
            throw this.#attached.error("state writer is closed");
        }
        const encoded = this.#encoder.encode(value);
        const { block } = this.#attached;
        const { longs } = block;
        const next = BigInt.asIntN(64, this.#version + 1n);
        const at = this.#slot(next);
        const complete = BigInt.asIntN(64, next << 1n);
        Atomics.store(longs, at / 8, BigInt.asIntN(64, complete - 1n));
        // Pairs with the fence of readers: whoever sees a byte stored from here on sees the odd sequence too.
        Bytes.fence();
        longs[at / 8 + 1] = timestamp;
        longs[at / 8 + 2] = BigInt(this.#encoder.size);
        Bytes.copy(encoded, 0, block, at + 24, this.#encoder.size);
        // Pairs with the first look of readers at the sequence: who sees the even one sees the bytes.
        Atomics.store(longs, at / 8, complete);
        // Pairs with the load of the version: who sees it finds its slot complete.
        Atomics.store(longs, this.#latest, next);
        this.#version = next;
    }

    /** The version that was set last, in whatever process. */
    get version(): bigint {
        return this.#version;
    }

    /** Gives the role back. */
    close(): void {
        if (this.#role !== null) {
            this.#attached.segment.giveRoleBack(this.#role);
            this.#role = null;
        }
    }

    /** The clock with the finer ticks does not follow when somebody sets the other one. */
    static #now(): bigint {
        const fine = performance.timeOrigin + performance.now(), coarse = Date.now();
        return BigInt(Math.floor((Math.abs(fine - coarse) > 2 ? coarse : fine) * 1000)) * 1000n;
    }
}
