/** A queue that can be closed: docs/format/channel.md, the buffered one. As a queue it recovers nothing of this process. */
export class SharedChannel<T, V = T> implements AsyncIterable<T> {
    static readonly #CLOSED = 12;

    readonly #attached: Attached;
    readonly #header: Uint8Array;
    readonly #queue: SharedQueue<T, V>;

    constructor(attached: Attached, codec: Codec<T, V>) {
        const { block, segment, name } = attached;
        if (block.size !== 32) {
            throw attached.error(`block is no header of a channel: bytes=${block.size} (expected: 32)`);
        }
        const buffer = segment.block(`${name}_buffer`);
        if (buffer === null) {
            throw attached.error(block.words[0] === 0
                ? "channel is unbuffered: its sender and receiver wait for each other, which is not made for this language"
                : "channel is not ready (expected: attach it again when its creator has made it)");
        }
        this.#attached = attached;
        this.#header = block.bytes;
        this.#queue = new SharedQueue(attached, codec, buffer);
    }

    get capacity(): number {
        return this.#queue.capacity;
    }

    /** Elements in the channel: an estimate. */
    get size(): number {
        return this.#queue.size;
    }

    get isClosed(): boolean {
        this.#attached.segment.requireOpen();
        return Atomics.load(this.#header, SharedChannel.#CLOSED) !== 0;
    }

    /** No element is sent any more; those in the channel are still received. */
    close(): void {
        this.#attached.segment.requireOpen();
        // Pairs with the load in isClosed: what was sent before is received before the end.
        Atomics.store(this.#header, SharedChannel.#CLOSED, 1);
    }

    /** Sends an element; false when the channel is full, or closed. */
    trySend(element: V): boolean {
        return !this.isClosed && this.#queue.offer(element);
    }

    /** Sends an element, waiting for room; an error when the channel is closed. */
    async send(element: V, signal?: AbortSignal): Promise<void> {
        const sent = () => {
            if (this.isClosed) {
                throw this.#attached.error("channel is closed");
            }
            return this.#queue.offer(element) ? true : null;
        };
        await Waiting.until(this.#attached.segment, sent, Infinity, signal);
    }

    /** The oldest element; null when there is none now. */
    tryReceive(): T | null {
        return this.#queue.poll();
    }

    /** The oldest element, waiting for one; null when the channel is closed and nothing is left in it. */
    async receive(signal?: AbortSignal): Promise<T | null> {
        const received = await Waiting.until(this.#attached.segment, () => this.#look(), Infinity, signal);
        return received === null || received.ended ? null : received.element;
    }

    /** One element after the other, until the channel ends, the loop is left, the signal is aborted or the segment is closed. */
    elements(signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
        let open = true;
        const look = () => {
            const found = this.#look();
            open = found?.ended !== true;
            return found === null || found.ended ? null : found.element;
        };
        return Waiting.each(this.#attached.segment, look, () => open, signal);
    }

    [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
        return this.elements();
    }

    #look(): { readonly ended: false; readonly element: T } | { readonly ended: true } | null {
        // Closed first and empty second is the end. The other way round the last element may come in between. A sender that is still
        // at its element is no end.
        const closed = this.isClosed && this.#queue.size === 0;
        const element = this.#queue.poll();
        return element !== null ? { ended: false, element } : closed ? { ended: true } : null;
    }
}
