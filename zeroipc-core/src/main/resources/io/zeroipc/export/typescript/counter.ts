/** A number that all processes change atomically: docs/format/counter.md. It wraps, at 8 bytes or at 4. */
export class SharedCounter {
    readonly #segment: MappedSegment;
    readonly #cell: BigInt64Array | Int32Array;

    constructor(attached: Attached) {
        const { block } = attached;
        if (block.size !== 8 && block.size !== 4) {
            throw attached.error(`block is no counter: bytes=${block.size} (expected: 8 or 4)`);
        }
        this.#segment = attached.segment;
        this.#cell = block.size === 8 ? block.longs : block.words;
    }

    // Each operation here pairs with those of all others: what was done before a change is visible to whoever sees the value.

    get(): bigint {
        this.#segment.requireOpen();
        return this.#cell instanceof Int32Array ? BigInt(Atomics.load(this.#cell, 0)) : Atomics.load(this.#cell, 0);
    }

    set(value: bigint | number): void {
        this.getAndSet(value);
    }

    /** Adds; the new value. */
    addAndGet(delta: bigint | number): bigint {
        return BigInt.asIntN(this.#cell.BYTES_PER_ELEMENT * 8, this.getAndAdd(delta) + BigInt(delta));
    }

    /** Adds; the value before. */
    getAndAdd(delta: bigint | number): bigint {
        this.#segment.requireOpen();
        return this.#cell instanceof Int32Array
            ? BigInt(Atomics.add(this.#cell, 0, Number(BigInt.asIntN(32, BigInt(delta)))))
            : Atomics.add(this.#cell, 0, BigInt(delta));
    }

    incrementAndGet(): bigint {
        return this.addAndGet(1n);
    }

    decrementAndGet(): bigint {
        return this.addAndGet(-1n);
    }

    /** Stores a value; the one before. */
    getAndSet(value: bigint | number): bigint {
        this.#segment.requireOpen();
        const stored = this.#fitting(value);
        return this.#cell instanceof Int32Array
            ? BigInt(Atomics.exchange(this.#cell, 0, Number(stored)))
            : Atomics.exchange(this.#cell, 0, stored);
    }

    /** Stores a value if the present one is as expected; false if it is not. */
    compareAndSet(expected: bigint | number, value: bigint | number): boolean {
        this.#segment.requireOpen();
        const stored = this.#fitting(value);
        return this.#cell instanceof Int32Array
            ? Atomics.compareExchange(this.#cell, 0, Number(this.#fitting(expected)), Number(stored)) === Number(expected)
            : Atomics.compareExchange(this.#cell, 0, this.#fitting(expected), stored) === BigInt(expected);
    }

    #fitting(value: bigint | number): bigint {
        const wide = BigInt(value);
        const bits = this.#cell.BYTES_PER_ELEMENT * 8;
        if (BigInt.asIntN(bits, wide) !== wide) {
            throw new RangeError(`value has no room in the counter: value=${value} (expected: a number of ${bits} bits)`);
        }
        return wide;
    }
}
