/**
 * A bounded queue for any number of producers and consumers in all processes: docs/format/queue.md. This process takes no part
 * in recovery: when it is killed within offer() or poll(), the element there holds up the others at its place.
 */
export class SharedQueue<T, V = T> implements AsyncIterable<T> {
    static readonly #HEAD = 0;
    static readonly #TAIL = 1;
    static readonly #SLOTS = 16;
    static readonly #CAPACITY_MAX = 2 ** 30;

    /** Number of elements it has room for. */
    readonly capacity: number;
    readonly #attached: Attached;
    readonly #block: Block;
    readonly #codec: Codec<T, V>;
    /** Positions have 32 bits and wrap; their signs mean nothing. */
    readonly #mask: number;
    readonly #sequences: number;
    readonly #copy: Bytes;

    constructor(attached: Attached, codec: Codec<T, V>, block = attached.block) {
        const capacity = block.size < SharedQueue.#SLOTS ? 0 : Atomics.load(block.words, 2) >>> 0;
        const sequences = SharedQueue.#SLOTS + Math.ceil(codec.size * capacity / 8) * 8;
        if (capacity === 0 || block.words[3] === 0) {
            throw attached.error("queue is not ready (expected: attach it again when its creator has made it)");
        }
        if (capacity < 2 || capacity > SharedQueue.#CAPACITY_MAX || (capacity & (capacity - 1)) !== 0
            || block.words[3] !== codec.size || block.size !== sequences + 4 * capacity) {
            throw attached.error(`block is no such queue: bytes=${block.size}, capacity=${capacity}, element size=`
                + `${block.words[3]} (expected: a power of two, elements of ${codec.size} bytes)`);
        }
        this.capacity = capacity;
        this.#attached = attached;
        this.#block = block;
        this.#codec = codec;
        this.#mask = capacity - 1;
        this.#sequences = sequences / 4;
        this.#copy = Bytes.of(codec.size);
    }

    /** Adds an element; false when the queue is full. */
    offer(element: V): boolean {
        this.#attached.segment.requireOpen();
        // What cannot be encoded is refused before anything is claimed, and nothing is in between that could fail.
        const encoded = this.#codec.encode(element);
        const { words } = this.#block;
        for (let position = Atomics.load(words, SharedQueue.#TAIL); ;) {
            // Pairs with the store in poll(): equality means that the last consumer of the slot is done.
            const distance = this.#sequence(position) - position | 0;
            if (distance === 0) {
                const found = Atomics.compareExchange(words, SharedQueue.#TAIL, position, position + 1 | 0);
                if (found === position) {
                    Bytes.copy(encoded, 0, this.#block, this.#slot(position), this.#codec.size);
                    // Pairs with the load in poll(). Earlier, and a consumer could read an element that is not there.
                    Atomics.store(words, this.#sequences + (position & this.#mask), position + 1 | 0);
                    return true;
                }
                position = found;
            } else {
                const tail = Atomics.load(words, SharedQueue.#TAIL);
                if (tail === position) {
                    return this.#none(distance, "tail", position);
                }
                position = tail;
            }
        }
    }

    /** Removes the oldest element; null when there is none. */
    poll(): T | null {
        this.#attached.segment.requireOpen();
        const { words } = this.#block;
        for (let position = Atomics.load(words, SharedQueue.#HEAD); ;) {
            // Pairs with the store in offer(): equality means that the element is there.
            const distance = this.#sequence(position) - position - 1 | 0;
            if (distance === 0) {
                const found = Atomics.compareExchange(words, SharedQueue.#HEAD, position, position + 1 | 0);
                if (found === position) {
                    Bytes.copy(this.#block, this.#slot(position), this.#copy, 0, this.#codec.size);
                    // Pairs with the load in offer(): we have read the slot, and the next one may write it.
                    Atomics.store(words, this.#sequences + (position & this.#mask), position + this.capacity | 0);
                    return this.#codec.decode(this.#copy);
                }
                position = found;
            } else {
                const head = Atomics.load(words, SharedQueue.#HEAD);
                if (head === position) {
                    this.#none(distance, "head", position);
                    return null;
                }
                position = head;
            }
        }
    }

    /** Adds an element, waiting for room as long as it takes. */
    async put(element: V, signal?: AbortSignal): Promise<void> {
        await this.offerWithin(element, Infinity, signal);
    }

    /** Adds an element, waiting for room at most so long; false when there was none. */
    async offerWithin(element: V, milliseconds: number, signal?: AbortSignal): Promise<boolean> {
        const added = () => this.offer(element) ? true : null;
        return await Waiting.until(this.#attached.segment, added, milliseconds, signal) !== null;
    }

    /** Removes the oldest element, waiting for one as long as it takes. */
    async take(signal?: AbortSignal): Promise<T> {
        return await this.pollWithin(Infinity, signal) as T;
    }

    /** Removes the oldest element, waiting for one at most so long; null when none came. */
    pollWithin(milliseconds: number, signal?: AbortSignal): Promise<T | null> {
        return Waiting.until(this.#attached.segment, () => this.poll(), milliseconds, signal);
    }

    /** Takes one element after the other, waiting for each, until the loop is left, the signal is aborted or the segment is closed. */
    elements(signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
        return Waiting.each(this.#attached.segment, () => this.poll(), () => true, signal);
    }

    [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
        return this.elements();
    }

    /** Elements in the queue: an estimate; those being written are counted. */
    get size(): number {
        this.#attached.segment.requireOpen();
        const { words } = this.#block;
        const size = Atomics.load(words, SharedQueue.#TAIL) - Atomics.load(words, SharedQueue.#HEAD) | 0;
        return Math.min(Math.max(size, 0), this.capacity);
    }

    #sequence(position: number): number {
        return Atomics.load(this.#block.words, this.#sequences + (position & this.#mask));
    }

    #slot(position: number): number {
        return SharedQueue.#SLOTS + (position & this.#mask) * this.#codec.size;
    }

    /** Whoever moved a sequence beyond a position has moved the counter beyond it before, and we have seen that. */
    #none(distance: number, counter: string, position: number): false {
        if (distance > 0) {
            throw this.#attached.error(`queue is damaged: ${counter}=${position >>> 0}, sequence=${this.#sequence(position) >>> 0},`
                + ` capacity=${this.capacity} (a program wrote to its bytes past its operations)`);
        }
        return false;
    }
}
