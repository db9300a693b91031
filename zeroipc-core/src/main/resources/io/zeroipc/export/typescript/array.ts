/** A fixed number of elements: docs/format/array.md. Each is read and written at once if it has 4 or 8 bytes; others can be seen half written. */
export class SharedArray<T, V = T> {
    static readonly #HEADER = 8;

    /** Number of elements. */
    readonly length: number;
    /** Of each dimension, where there are several; the last index runs fastest. */
    readonly shape: readonly number[];
    readonly #attached: Attached;
    readonly #codec: Codec<T, V>;
    readonly #copy: Bytes;

    constructor(attached: Attached, codec: Codec<T, V>) {
        const { block } = attached;
        const length = block.size < SharedArray.#HEADER ? 0 : Number(BigInt.asUintN(64, Atomics.load(block.longs, 0)));
        if (length === 0 || (block.size - SharedArray.#HEADER) / codec.size !== length) {
            throw attached.error(`block is no such array: bytes=${block.size}, capacity=${length}, element size=${codec.size}`);
        }
        this.length = length;
        this.shape = SharedArray.#shapeOf(attached.options["shape"], length);
        this.#attached = attached;
        this.#codec = codec;
        this.#copy = Bytes.of(codec.size);
    }

    /** A copy of the element. */
    get(index: number): T {
        const at = this.#at(index), copy = this.#copy, { block } = this.#attached;
        switch (this.#codec.size) {
            case 8:
                // Pairs with the atomic store of whoever sets it, in this language the one in set().
                copy.longs[0] = Atomics.load(block.longs, at / 8);
                break;
            case 4:
                copy.words[0] = Atomics.load(block.words, at / 4);
                break;
            default:
                Bytes.copy(block, at, copy, 0, this.#codec.size);
        }
        return this.#codec.decode(copy);
    }

    set(index: number, value: V): void {
        const at = this.#at(index), encoded = this.#codec.encode(value), { block } = this.#attached;
        switch (this.#codec.size) {
            case 8:
                // Pairs with the atomic load in get(): what was done before is visible to whoever sees the element.
                Atomics.store(block.longs, at / 8, encoded.longs[0]!);
                break;
            case 4:
                Atomics.store(block.words, at / 4, encoded.words[0]!);
                break;
            default:
                Bytes.copy(encoded, 0, block, at, this.#codec.size);
        }
    }

    /** Of an element of several dimensions, as get() and set() take it. */
    index(...indexes: number[]): number {
        if (indexes.length !== this.shape.length) {
            throw new RangeError(`indexes do not fit the array: structure=${this.#attached.name}, indexes=${indexes}, shape=${this.shape}`);
        }
        return indexes.reduce((index, each, dimension) => {
            const length = this.shape[dimension]!;
            SharedArray.#check(this.#attached.name, each, length);
            return index * length + each;
        }, 0);
    }

    /** The bytes of all elements where they are. */
    protected bytes(): { readonly buffer: ArrayBuffer; readonly start: number } {
        this.#attached.segment.requireOpen();
        return { buffer: this.#attached.block.buffer, start: SharedArray.#HEADER };
    }

    #at(index: number): number {
        this.#attached.segment.requireOpen();
        SharedArray.#check(this.#attached.name, index, this.length);
        return SharedArray.#HEADER + index * this.#codec.size;
    }

    static #check(name: string, index: number, length: number): void {
        if (!(index >= 0 && index < length && Number.isInteger(index))) {
            throw new RangeError(`index out of range: structure=${name}, index=${index} (expected: 0 to ${length - 1})`);
        }
    }

    static #shapeOf(declared: unknown, length: number): readonly number[] {
        const lengths = typeof declared === "string" ? declared.match(/[0-9]+/g)?.map(Number) ?? [] : [];
        return lengths.length > 0 && lengths.reduce((product, each) => product * each, 1) === length ? lengths : [length];
    }
}
