// There in every version of Node.js, and unknown to those who compile without its types.
declare function setImmediate(task: () => void): unknown;

/** Waiting for what another process does, while the event loop goes on. */
class Waiting {
    /** Looks between which nothing else is done than what the event loop has to do, before the first one that sleeps. */
    static readonly #LOOKS = 100;
    /** Looks, a millisecond apart, between which the file is not looked for. */
    static readonly #SLEEPS = 256;
    /** In milliseconds: whoever is never without elements lets others in so often. */
    static readonly #TURN = 5;

    /** Looks until it finds something; null when the time is over. */
    static async until<T>(segment: MappedSegment, look: () => T | null, milliseconds: number,
        signal: AbortSignal | undefined): Promise<T | null> {
        const deadline = performance.now() + milliseconds;
        for (let looks = 0; ; looks++) {
            if (signal?.aborted === true) {
                throw signal.reason;
            }
            const found = look();
            if (found !== null || performance.now() >= deadline) {
                return found;
            }
            await Waiting.#pause(segment, looks);
        }
    }

    /** All that it finds, until the program, the signal or a close ends it. */
    static async *each<T>(segment: MappedSegment, look: () => T | null, isOpen: () => boolean,
        signal: AbortSignal | undefined): AsyncGenerator<T, void, undefined> {
        let turn = performance.now();
        let looks = 0;
        while (segment.isOpen && isOpen() && signal?.aborted !== true) {
            const found = look();
            if (found === null) {
                await Waiting.#pause(segment, looks++);
                turn = performance.now();
            } else {
                looks = 0;
                yield found;
                // A consumer that awaits nothing but us would never let go of the event loop.
                if (performance.now() - turn >= Waiting.#TURN) {
                    await Waiting.#event();
                    turn = performance.now();
                }
            }
        }
    }

    /** Whoever finds at once what it awaits does not let go of the event loop by that; now and then it has to. */
    static #pause(segment: MappedSegment, looks: number): Promise<void> {
        if (looks < Waiting.#LOOKS) {
            return Waiting.#event();
        }
        if (looks % Waiting.#SLEEPS === 0) {
            segment.verify();
        }
        return new Promise((resume) => {
            setTimeout(resume, 1);
        });
    }

    static #event(): Promise<void> {
        return new Promise((resume) => {
            setImmediate(resume);
        });
    }
}
