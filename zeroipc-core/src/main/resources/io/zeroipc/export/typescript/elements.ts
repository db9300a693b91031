/** What may stand for an element of a record type: one of these, or an object with the same properties. */
export type Fields<T> = { [K in keyof T]: T[K] };

/** Between the bytes of an element and what a program has. */
interface Codec<T, V> {
    readonly size: number;
    /** Of bytes that are used again. */
    decode(copy: Bytes): T;
    encode(value: V, copy: Bytes): void;
}

interface ElementType<T> {
    readonly SIZE: number;
    get(view: DataView, at: number): T;
    set(view: DataView, at: number, value: T): void;
}

interface RecordType<T> {
    readonly SIZE: number;
    new(view: DataView, at?: number): T;
    copy(from: T, view: DataView, at?: number): void;
}

class Codecs {
    /** Numbers and texts, which have nothing to do with the bytes any more. */
    static values<T>(type: ElementType<T>): Codec<T, T> {
        return {
            size: type.SIZE,
            decode: (copy) => type.get(copy.view, 0),
            encode: (value, copy) => type.set(copy.view, 0, value),
        };
    }

    /** What looks at bytes, and so has some of its own. */
    static objects<T>(type: ElementType<T>): Codec<T, T> {
        return {
            size: type.SIZE,
            decode: (copy) => type.get(new DataView(copy.buffer.slice(0)), 0),
            encode: (value, copy) => type.set(copy.view, 0, value),
        };
    }

    static records<T extends object>(type: RecordType<T>): Codec<T, Fields<T>> {
        return {
            size: type.SIZE,
            decode: (copy) => new type(new DataView(copy.buffer.slice(0))),
            encode: (value, copy) => {
                if (value instanceof type) {
                    type.copy(value, copy.view);
                } else {
                    copy.bytes.fill(0);
                    Object.assign(new type(copy.view), value);
                }
            },
        };
    }
}
