/** What may stand for an element of a record type: one of these, or an object with the same properties. */
export type Fields<T> = { [K in keyof T]: T[K] };

/** Between the bytes of an element and what a program has. */
interface Codec<T, V> extends Encoder<V> {
    /** The element whose bytes are at the start of some that are used again. */
    decode(copy: Bytes): T;
}

interface Encoder<V> {
    readonly size: number;
    /** The bytes of an element, which are good until the next one. */
    encode(value: V): Bytes;
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
        const room = Bytes.of(type.SIZE);
        return {
            size: type.SIZE,
            decode: (copy) => type.get(copy.view, 0),
            encode: (value) => {
                type.set(room.view, 0, value);
                return room;
            },
        };
    }

    /** What looks at bytes, and so gets some that nobody changes. */
    static objects<T>(type: ElementType<T>): Codec<T, T> {
        return { ...Codecs.values(type), decode: (copy) => type.get(new DataView(copy.buffer.slice(0)), 0) };
    }

    /** As objects, which are made of all fields. */
    static records<T extends object>(type: RecordType<T>, assign: (to: T, from: Fields<T>) => void): Codec<T, Fields<T>> {
        const room = Bytes.of(type.SIZE);
        const target = new type(room.view);
        // A buffer takes longer to make than all the rest: elements that come one behind the other share one.
        const stride = room.buffer.byteLength;
        const shared = Math.max(1, Math.floor(4096 / stride)) * stride;
        let kept = Bytes.of(shared);
        let next = 0;
        return {
            size: type.SIZE,
            decode: (copy) => {
                if (next === shared) {
                    kept = Bytes.of(shared);
                    next = 0;
                }
                const at = next;
                next += stride;
                Bytes.copy(copy, 0, kept, at, stride);
                return new type(kept.view, at);
            },
            encode: (value) => {
                if (value instanceof type) {
                    type.copy(value, room.view);
                } else {
                    room.bytes.fill(0);
                    assign(target, value);
                }
                return room;
            },
        };
    }
}
