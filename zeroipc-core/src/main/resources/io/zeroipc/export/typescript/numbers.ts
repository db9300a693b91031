interface NumbersType<A> {
    new(buffer: ArrayBuffer, start: number, length: number): A;
}

/** An array of what an array of JavaScript can look at. */
export class SharedNumbers<T, A> extends SharedArray<T> {
    readonly #type: NumbersType<A>;

    constructor(attached: Attached, codec: Codec<T, T>, type: NumbersType<A>) {
        super(attached, codec);
        this.#type = type;
    }

    /** The elements where they are: what others write is seen here, and what is written here by them. When the segment is closed, zeroes. */
    view(): A {
        const { buffer, start } = this.bytes();
        return new this.#type(buffer, start, this.length);
    }
}
