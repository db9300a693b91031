// A program of a user's, with the exported file beside it. What it can be told to do stands at ExportedPeersInteropTest.
import { Parcel, RingCursor, RingReader, RingWriter, SharedRing, StageZipcExample as Stage, StateWriter } from "./stage.js";
import type { Fields } from "./stage.js";

declare const process: {
    readonly stdin: AsyncIterable<string> & { setEncoding(encoding: string): void };
    readonly stdout: { write(text: string): void };
    exit(status: number): never;
};

const END = -1;

function check(producer: number, sequence: bigint): bigint {
    return BigInt.asIntN(64, sequence * 0x9e3779b97f4a7c15n) ^ BigInt(producer);
}

function parcel(producer: number, sequence: bigint): Fields<Parcel> {
    return { producer, sequence, check: check(producer, sequence) };
}

/** What a consumer or observer of parcels finds out. */
class Findings {
    readonly #last = new Map<number, bigint>();
    received = 0;
    disordered = 0;
    damaged = 0;

    /** False at the end of the traffic. */
    see(found: Parcel): boolean {
        const { producer, sequence } = found;
        if (found.check !== check(producer, sequence)) {
            this.damaged++;
            return true;
        }
        if (producer === END) {
            return false;
        }
        this.received++;
        const before = this.#last.get(producer);
        if (before !== undefined && sequence <= before) {
            this.disordered++;
        }
        this.#last.set(producer, sequence);
        return true;
    }

    toString(): string {
        return `${this.received} ${this.disordered} ${this.damaged}`;
    }
}

class Program {
    #stage: Stage | null = null;
    #stateWriter: StateWriter<Fields<Parcel>> | null = null;
    readonly #writers = new Map<string, RingWriter<Fields<Parcel>>>();
    readonly #readers = new Map<string, RingReader<Parcel>>();

    get stage(): Stage {
        if (this.#stage === null) {
            throw new Error("nothing is open");
        }
        return this.#stage;
    }

    async tell(command: string, words: string[]): Promise<unknown> {
        const number = (i: number) => Number(words[i]);
        const text = (i: number) => words[i] ?? "";
        switch (command) {
            case "open":
                return this.#open(text(0));
            case "array-get":
                return this.stage.numbers().get(number(0));
            case "array-set":
                return this.stage.numbers().set(number(0), BigInt(text(1)));
            case "state-get": {
                const found = this.stage.newest().snapshot();
                return found === null ? "none" : `${found.version} ${found.value.producer} ${found.value.sequence}`;
            }
            case "state-set":
                return this.#set(number(0), BigInt(text(1)), BigInt(text(2)));
            case "state-watch":
                return this.#watch(BigInt(text(0)));
            case "ring-write":
                return this.#write(text(0), number(1), BigInt(text(2)), BigInt(text(3)));
            case "ring-read":
                return this.#read(text(0), number(1));
            case "ring-follow":
                return this.#follow(this.#ring(text(0)).cursor("earliest"));
            case "queue-push":
                return this.#push(text(0), number(1), BigInt(text(2)), BigInt(text(3)));
            case "queue-take":
                return this.#take(text(0));
            case "channel-send":
                return this.#send(number(0), BigInt(text(1)), BigInt(text(2)));
            case "channel-receive":
                return this.#receive();
            case "channel-close":
                return this.stage.events().close();
            case "counter-add":
                return this.#add(number(0));
            case "counter-get":
                return this.stage.total().get();
            default:
                throw new Error(`not made for this language: ${command}`);
        }
    }

    #open(path: string): void {
        this.#stage?.close();
        this.#stage = null;
        const stage = Stage.open(path);
        try {
            stage.feed();
            stage.numbers();
            stage.newest();
            stage.history();
            stage.jobs();
            stage.results();
            stage.events();
            stage.total();
        } catch (e) {
            stage.close();
            throw e;
        }
        this.#stage = stage;
    }

    #set(producer: number, from: bigint, count: bigint): bigint {
        const writer = this.#stateWriter ??= this.stage.newest().writer();
        ready();
        for (let i = from; i < from + count; i++) {
            writer.set(parcel(producer, i));
        }
        return writer.version;
    }

    async #watch(last: bigint): Promise<string> {
        let looks = 0, damaged = 0, backwards = 0, seen = 0n;
        ready();
        for await (const { value, version } of this.stage.newest().changes()) {
            looks++;
            damaged += value.check === check(value.producer, value.sequence) ? 0 : 1;
            backwards += version > seen ? 0 : 1;
            seen = version;
            if (value.sequence >= last) {
                break;
            }
        }
        return `${looks} ${damaged} ${backwards}`;
    }

    #ring(name: string): SharedRing<Parcel, Fields<Parcel>> {
        return name === "feed" ? this.stage.feed() : this.stage.history();
    }

    async #write(name: string, producer: number, from: bigint, count: bigint): Promise<void> {
        const writer = this.#writers.get(name) ?? this.#ring(name).writer();
        this.#writers.set(name, writer);
        ready();
        for (let i = from; i < from + count; i++) {
            const element = parcel(producer, i);
            if (!writer.offer(element)) {
                await writer.put(element);
            }
        }
    }

    async #read(name: string, count: number): Promise<Findings> {
        const reader = this.#readers.get(name) ?? this.#ring(name).reader();
        this.#readers.set(name, reader);
        ready();
        const findings = new Findings();
        while (findings.received + findings.damaged < count) {
            findings.see(reader.poll() ?? await reader.take());
        }
        return findings;
    }

    async #follow(cursor: RingCursor<Parcel>): Promise<string> {
        ready();
        const findings = new Findings();
        for await (const found of cursor) {
            if (!findings.see(found)) {
                break;
            }
        }
        return `${findings} ${cursor.lost}`;
    }

    async #push(name: string, producer: number, from: bigint, count: bigint): Promise<void> {
        const queue = name === "jobs" ? this.stage.jobs() : this.stage.results();
        ready();
        for (let i = from; i < from + count; i++) {
            const element = parcel(producer, i);
            if (!queue.offer(element)) {
                await queue.put(element);
            }
        }
    }

    async #take(name: string): Promise<Findings> {
        const queue = name === "jobs" ? this.stage.jobs() : this.stage.results();
        ready();
        const findings = new Findings();
        while (findings.see(queue.poll() ?? await queue.take())) {
            // The findings are what is wanted.
        }
        return findings;
    }

    async #send(producer: number, from: bigint, count: bigint): Promise<void> {
        ready();
        for (let i = from; i < from + count; i++) {
            await this.stage.events().send(parcel(producer, i));
        }
    }

    async #receive(): Promise<Findings> {
        ready();
        const findings = new Findings();
        for await (const found of this.stage.events()) {
            findings.see(found);
        }
        return findings;
    }

    #add(count: number): void {
        const total = this.stage.total();
        ready();
        for (let i = 0; i < count; i++) {
            total.incrementAndGet();
        }
    }
}

function ready(): void {
    process.stdout.write("ready\n");
}

const program = new Program();

async function answer(line: string): Promise<void> {
    const [command = "", ...words] = line.split(" ");
    try {
        const found = await program.tell(command, words);
        process.stdout.write(found === undefined ? "ok\n" : `ok ${found}\n`);
    } catch (e) {
        process.stdout.write(`error ${String(e).replace(/\s+/g, " ")}\n`);
    }
}

process.stdin.setEncoding("utf8");
let rest = "";
let done = Promise.resolve();
for await (const chunk of process.stdin) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    // Not awaited: whatever the program is doing, it ends with its input.
    done = lines.reduce((before, line) => before.then(() => answer(line)), done);
}
process.exit(0);
