package io.zeroipc.stress.model;

import java.util.EnumSet;

import org.jspecify.annotations.Nullable;

import static io.zeroipc.stress.model.Layout.CELL;
import static io.zeroipc.stress.model.Layout.CELL_COUNT;
import static io.zeroipc.stress.model.Layout.CELL_POSITION;
import static io.zeroipc.stress.model.Layout.COUNT;
import static io.zeroipc.stress.model.Layout.DELIVERED;
import static io.zeroipc.stress.model.Layout.DONE;
import static io.zeroipc.stress.model.Layout.EVIDENCE;
import static io.zeroipc.stress.model.Layout.HEAD;
import static io.zeroipc.stress.model.Layout.ITEMS;
import static io.zeroipc.stress.model.Layout.KILLS;
import static io.zeroipc.stress.model.Layout.PC;
import static io.zeroipc.stress.model.Layout.POSITION;
import static io.zeroipc.stress.model.Layout.RECOVERED;
import static io.zeroipc.stress.model.Layout.RECOVERER;
import static io.zeroipc.stress.model.Layout.SCANNED;
import static io.zeroipc.stress.model.Layout.TAIL;

/**
 * All steps that are possible in a state of a scenario, and what of them must not happen. Sequentially consistent: what weaker
 * memory does is a matter for jcstress.
 *
 * <p>
 * Producer: looks at tail and the sequences; announces the positions in its cell; moves tail; confirms in its cell; writes;
 * publishes one by one; clears its cell. Consumer: the same with head; delivers and releases one by one. Who fails to claim looks
 * again, or clears its cell. A producer may give a position up: it says so in its cell, and when head is there moves head and then
 * the sequence, both by compare-and-set. Unregistered ones have no cell.
 *
 * <p>
 * Recoverer, holding the lock that the kernel drops when it dies: fills holes (head beyond, sequence free); steps over an
 * unpublished position at the head, when no live cell covers it and a dead one does that was confirmed or given up (strong
 * evidence), or announced where no foreign producers are (weak); frees what dead consumers held, with the same kinds of evidence,
 * or leaves it to a live consumer that takes it over under the same lock; clears the cells of the dead when no position of theirs
 * is open, upon which a successor begins with that cell.
 *
 * <p>
 * What is merged, and why nothing is lost. The look at the counter and at its first sequence are one step: a free sequence seen
 * later than the counter was free, or became so, while the counter stood there. Writing is one step with publishing, unless
 * elements are numbered: nobody else touches the slot then, and if one does, the publication shows it. A recoverer that holds no
 * position does one effective step at a time, in any order, and stops when it likes: between its writes to shared memory it does
 * not matter whether it goes on, ends its round, or dies and the next one begins, so that it can die any number of times. It has
 * no copy of who is dead: an old copy leaves out some of them, and a recoverer that stops does the same. A scan whose position has
 * moved on, and would fail, has ended. A look at one cell of the wrong side, which cannot count, is left out, and a clearing's
 * looks at positions of the dead are one, because they do not change but to be settled.
 *
 * <p>
 * So a real recoverer's round is some of these steps, in a fixed order. It comes to each that is possible, as what is done once need
 * not be done again; hence a queue that can be drained here is drained by rounds that go on.
 *
 * <p>
 * Positions of the past: one that lies more than the capacity and one behind head is not at any slot, and stays so; all those are
 * taken for the same. So the number of elements is not limited, and a process may sleep as long as it likes. All positions in use
 * lie between {@code head - capacity - 4} and {@code head + 2 * capacity + 1}: modulo {@code 8 * capacity} they are different, and
 * those that are compared by the sign of their distance are less than half of that apart, so that all comparisons have the results
 * they have with unlimited positions. The same is true modulo 2^32 as long as no process sleeps between its look at a counter and
 * its compare-and-set while 2^32 positions less three laps pass, and no cell of a dead process stands as long as that.
 */
final class Protocol {

    // what is next

    static final int IDLE = 0;
    /** It has seen one position that it can claim; how many more is next. */
    static final int LOOKED = 1;
    static final int CHOSEN = 2;
    static final int ANNOUNCED = 3;
    static final int CLAIMED = 4;
    static final int CONFIRMED = 5;
    /** Written, or delivered. */
    static final int HANDLED = 6;
    /** All is published or released; the cell stands. */
    static final int FINISHED = 7;
    static final int GIVEN_UP = 8;
    /** It has moved head over what it gave up. */
    static final int STEPPED_OVER = 9;
    static final int OVERTAKING_SCAN = 10;
    static final int OVERTAKING = 11;
    static final int OVERTAKEN = 12;
    static final int ADOPTED = 13;
    static final int DEAD = 14;
    /** Dead, and cleared away, without a successor. */
    static final int GONE = 15;

    // what a cell says

    static final int NONE = 0;
    static final int INTENT = 1;
    static final int OWNED = 2;
    static final int ABANDONED = 3;

    // what the recoverer does next

    static final int SCAN = 1;
    static final int MOVE_HEAD = 2;
    static final int FREE_SLOT = 3;
    static final int DROP_SCAN = 4;
    static final int FILL = 5;

    private static final int WEAK = 1;
    private static final int STRONG = 2;

    /** The actor of steps that the recoverer does. */
    static final int NOBODY = -1;

    /** Takes what a step leads to. The state is a buffer for the next one afterwards. */
    interface Successors {

        /** @param drains whether the step helps to drain the queue: nobody need produce, give up or die for that */
        void accept(int[] state, int actor, Step step, boolean drains, @Nullable Violation violation);
    }

    private final Scenario scenario;
    private final Layout layout;
    /** Which rules are broken: asked for at every step. */
    private final EnumSet<Deviation> broken = EnumSet.noneOf(Deviation.class);
    private final int capacity;
    private final int batch;
    private final int items;
    private final boolean numbered;
    private final boolean redeliver;
    private final boolean giveUp;
    private final boolean confirmedDeaths;
    private final boolean announcedDeaths;
    private final boolean noSuccessors;
    private final boolean foreignDeaths;
    private final boolean weakWriters;
    private final boolean weakReaders;
    private final int[] next;
    private int[] now = {};
    private Successors successors = (_, _, _, _, _) -> {};
    private @Nullable Violation violation;

    Protocol(Scenario scenario, Layout layout) {
        this.scenario = scenario;
        this.layout = layout;
        this.capacity = layout.capacity;
        this.batch = scenario.batch();
        this.items = scenario.items();
        this.numbered = scenario.has(Option.NUMBERED_ELEMENTS);
        this.redeliver = scenario.has(Option.REDELIVER);
        this.giveUp = scenario.has(Option.GIVE_UP);
        this.announcedDeaths = scenario.has(Option.ANNOUNCED_DEATHS_ONLY);
        this.confirmedDeaths = scenario.has(Option.CONFIRMED_DEATHS_ONLY);
        this.noSuccessors = scenario.has(Option.NO_SUCCESSORS);
        this.foreignDeaths = scenario.has(Option.FOREIGN_DEATHS);
        this.broken.addAll(scenario.deviations());
        this.weakWriters = scenario.foreignProducers() == 0 || breaks(Deviation.TRUST_WEAK_EVIDENCE);
        this.weakReaders = scenario.foreignConsumers() == 0
                || breaks(Deviation.TRUST_WEAK_EVIDENCE_OF_CONSUMERS);
        this.next = new int[layout.length];
    }

    /** Whether an actor's position means anything at this step. */
    static boolean hasPosition(int pc) {
        return pc != IDLE && pc != FINISHED && pc != DEAD && pc != GONE;
    }

    /** An empty queue shortly before its positions wrap. */
    void begin(int[] state) {
        int origin = scenario.has(Option.ABSOLUTE_POSITIONS) ? layout.modulus - 1 : 0;
        state[HEAD] = origin;
        state[TAIL] = origin;
        state[KILLS] = scenario.kills();
        for (int i = 0; i < capacity; i++) {
            state[layout.slot(origin + i)] = layout.wrap(origin + i);
        }
        for (int a = 0; a < layout.actors; a++) {
            state[layout.actor(a) + COUNT] = 1;
            state[layout.actor(a) + CELL_COUNT] = 1;
        }
    }

    /** Whether the queue is empty, all slots are free, nobody is in the middle of anything, and no cell is left. */
    boolean isDrained(int[] state) {
        if (state[HEAD] != state[TAIL] || state[RECOVERER] != IDLE) {
            return false;
        }
        for (int i = 0; i < capacity; i++) {
            if (state[layout.slot(state[HEAD] + i)] != layout.wrap(state[HEAD] + i)) {
                return false;
            }
        }
        for (int a = 0; a < layout.actors; a++) {
            int at = layout.actor(a);
            int pc = state[at + PC];
            if ((pc != IDLE && pc != DEAD && pc != GONE) || state[at + CELL] != NONE) {
                return false;
            }
        }
        return true;
    }

    /** Whether a consumer lives that can drain the queue: where elements are taken over, only a registered one can. */
    boolean hasLiveConsumer(int[] state) {
        for (int a = layout.writersEnd; a < (redeliver ? layout.consumersEnd : layout.actors); a++) {
            if (isAlive(state, layout.actor(a))) {
                return true;
            }
        }
        return false;
    }

    /** Hands over all states that one step leads to from here. */
    void expand(int[] state, Successors to) {
        now = state;
        successors = to;
        for (int a = 0; a < layout.actors; a++) {
            int at = layout.actor(a);
            if (isAlive(state, at)) {
                step(a, at);
                kill(a, at);
            }
        }
        recover();
    }

    // producers and consumers

    private void step(int actor, int at) {
        boolean producer = layout.isProducer(actor);
        boolean registered = layout.isRegistered(actor);
        int position = now[at + POSITION];
        switch (now[at + PC]) {
            case IDLE -> idle(actor, at, producer, registered);
            case LOOKED -> {
                copy();
                next[at + PC] = registered ? CHOSEN : ANNOUNCED;
                emit(actor, Step.CHOOSE_ONE, true);
                if (isClaimable(producer, position + 1)) {
                    copy();
                    next[at + PC] = registered ? CHOSEN : ANNOUNCED;
                    next[at + COUNT] = 2;
                    emit(actor, Step.CHOOSE_TWO, true);
                }
            }
            case CHOSEN -> {
                copy();
                if (!breaks(Deviation.NO_ANNOUNCEMENT)) {
                    write(at, breaks(Deviation.CONFIRM_BEFORE_CLAIM) ? OWNED : INTENT, position, now[at + COUNT]);
                }
                next[at + PC] = ANNOUNCED;
                emit(actor, Step.ANNOUNCE, true);
            }
            case ANNOUNCED -> claim(actor, at, producer, registered);
            case CLAIMED -> {
                copy();
                if (!breaks(Deviation.NO_CONFIRMATION)) {
                    write(at, OWNED, position, now[at + COUNT]);
                }
                next[at + PC] = CONFIRMED;
                emit(actor, Step.CONFIRM, true);
            }
            case CONFIRMED -> {
                if (producer) {
                    produce(actor, at, registered);
                } else {
                    deliver(actor, at);
                }
            }
            case HANDLED -> {
                if (producer) {
                    publish(actor, at, registered);
                } else {
                    release(actor, at, registered);
                }
            }
            case FINISHED -> {
                copy();
                clear(next, at);
                next[at + PC] = IDLE;
                emit(actor, Step.CLEAR, true);
            }
            case GIVEN_UP -> {
                if (now[HEAD] == position) {
                    copy();
                    passOver(position, actor);
                    next[at + PC] = STEPPED_OVER;
                    emit(actor, Step.STEP_OVER, true);
                }
            }
            case STEPPED_OVER -> {
                copy();
                if (breaks(Deviation.SKIP_BY_STORE)) {
                    require(now[layout.slot(position)] == position, Violation.FOREIGN_SEQUENCE);
                    free(position);
                } else if (now[layout.slot(position)] == position) {
                    free(position);
                }
                next[at + PC] = FINISHED;
                emit(actor, Step.FREE_STEPPED_OVER, true);
            }
            default -> takeOver(actor, at);
        }
    }

    private void idle(int actor, int at, boolean producer, boolean registered) {
        if (now[at + CELL] != NONE && !breaks(Deviation.KEEP_FAILED_ANNOUNCEMENT)) {
            copy();
            clear(next, at);
            emit(actor, Step.CLEAR_FAILED_ANNOUNCEMENT, true);
        }
        int counter = now[producer ? TAIL : HEAD];
        boolean wanted = !producer || items == 0 || now[at + ITEMS] < items;
        if (wanted && isClaimable(producer, counter)) {
            copy();
            next[at + POSITION] = counter;
            boolean more = batch == 2 && (!producer || items == 0 || now[at + ITEMS] + 2 <= items);
            next[at + PC] = more ? LOOKED : registered ? CHOSEN : ANNOUNCED;
            emit(actor, Step.LOOK, !producer);
        }
        if (!producer && registered && redeliver && (isUnlocked() || breaks(Deviation.TAKE_OVER_WITHOUT_LOCK))) {
            beginTakeOvers(actor, at);
        }
    }

    private void claim(int actor, int at, boolean producer, boolean registered) {
        int position = now[at + POSITION];
        int count = now[at + COUNT];
        int counter = producer ? TAIL : HEAD;
        copy();
        if (now[counter] != position) {
            reset(at, IDLE);
            emit(actor, Step.FAIL_TO_CLAIM, true);
            return;
        }
        for (int i = 0; i < count; i++) {
            require(isClaimable(producer, position + i),
                    producer ? Violation.CLAIM_OF_USED_SLOT : Violation.CLAIM_OF_UNPUBLISHED);
        }
        next[counter] = layout.wrap(position + count);
        if (producer && items > 0) {
            next[at + ITEMS] += count;
        }
        next[at + PC] = registered ? CLAIMED : CONFIRMED;
        emit(actor, Step.CLAIM, true);
    }

    private void produce(int actor, int at, boolean registered) {
        if (registered && now[at + CELL] != NONE && breaks(Deviation.CLEAR_BEFORE_PUBLISHING)) {
            copy();
            clear(next, at);
            emit(actor, Step.CLEAR, true);
            return;
        }
        int position = now[at + POSITION];
        if (numbered) {
            copy();
            int p = layout.wrap(position + now[at + DONE]);
            require(isOpenClaim(p), Violation.LATE_PUBLICATION);
            next[layout.data + layout.slot(p) - Layout.SEQUENCES] = 1 + actor * items + now[at + ITEMS]
                    - now[at + COUNT]
                    + now[at + DONE];
            next[at + PC] = HANDLED;
            emit(actor, Step.WRITE, true);
        } else {
            publish(actor, at, registered);
        }
        if (registered && now[at + COUNT] == 1) {
            if (breaks(Deviation.MOVE_TAIL_BACK) && now[TAIL] == layout.wrap(position + 1)) {
                copy();
                next[TAIL] = position;
                reset(at, FINISHED);
                emit(actor, Step.MOVE_TAIL_BACK, false);
            } else if (giveUp) {
                copy();
                write(at, ABANDONED, position, 1);
                next[at + PC] = GIVEN_UP;
                emit(actor, Step.GIVE_UP, false);
            }
        }
    }

    private void publish(int actor, int at, boolean registered) {
        copy();
        int p = layout.wrap(now[at + POSITION] + now[at + DONE]);
        require(isOpenClaim(p), Violation.LATE_PUBLICATION);
        next[layout.slot(p)] = layout.wrap(p + 1);
        advance(at, registered);
        emit(actor, Step.PUBLISH, true);
    }

    private void deliver(int actor, int at) {
        copy();
        int p = layout.wrap(now[at + POSITION] + now[at + DONE]);
        int slot = layout.slot(p) - Layout.SEQUENCES;
        require(isOpenTake(p), Violation.UNPUBLISHED_DELIVERED);
        if ((now[DELIVERED] >>> slot & 1) != 0) {
            // Who delivered it before did not release it, and does not live: nobody takes a position over from the living.
            require(redeliver && now[at + PC] == ADOPTED, Violation.DELIVERED_TWICE);
        }
        next[DELIVERED] |= 1 << slot;
        if (numbered) {
            int number = now[layout.data + slot] - 1;
            require(number >= 0, Violation.WRONG_ELEMENT);
            if (number >= 0) {
                int last = layout.received + (actor - layout.writersEnd) * layout.writersEnd + number / items;
                require(redeliver || number % items + 1 > now[last], Violation.OUT_OF_ORDER);
                next[last] = Math.max(now[last], number % items + 1);
            }
        }
        next[at + PC] = HANDLED;
        emit(actor, Step.DELIVER, true);
    }

    private void release(int actor, int at, boolean registered) {
        boolean last = now[at + DONE] == now[at + COUNT] - 1;
        if (registered && last && now[at + CELL] != NONE && breaks(Deviation.CLEAR_BEFORE_RELEASING)) {
            copy();
            clear(next, at);
            emit(actor, Step.CLEAR, true);
            return;
        }
        copy();
        int p = layout.wrap(now[at + POSITION] + now[at + DONE]);
        require(isOpenTake(p), Violation.LATE_RELEASE);
        free(p);
        advance(at, registered);
        emit(actor, Step.RELEASE, true);
    }

    /** One more position is done. */
    private void advance(int at, boolean registered) {
        if (now[at + DONE] + 1 < now[at + COUNT]) {
            next[at + DONE]++;
            next[at + PC] = CONFIRMED;
        } else {
            reset(at, registered ? FINISHED : IDLE);
        }
    }

    // taking over from dead consumers

    private void beginTakeOvers(int actor, int at) {
        for (int a = layout.writersEnd; a < layout.consumersEnd; a++) {
            int dead = layout.actor(a);
            int p = a == actor ? NOBODY : orphan(dead, 0);
            if (p == NOBODY) {
                continue;
            }
            boolean atomic = breaks(Deviation.TAKE_OVER_WITHOUT_LOCK);
            if (atomic && isCoveredByLiveConsumer(p, actor)) {
                continue;
            }
            copy();
            next[at + POSITION] = p;
            next[at + PC] = atomic || breaks(Deviation.TAKE_OVER_IGNORING_LIVE) ? OVERTAKING : OVERTAKING_SCAN;
            emit(actor, Step.TAKE_OVER_BEGIN, true);
        }
    }

    private void takeOver(int actor, int at) {
        int position = now[at + POSITION];
        switch (now[at + PC]) {
            case OVERTAKING_SCAN -> {
                boolean all = scanConsumers(actor, position, Step.TAKE_OVER_SCAN);
                copy();
                unmark();
                reset(at, IDLE);
                emit(actor, Step.TAKE_OVER_STOP, true);
                if (all && (isOpenTake(position) || breaks(Deviation.TAKE_OVER_WITHOUT_SECOND_LOOK))) {
                    copy();
                    unmark();
                    next[at + PC] = OVERTAKING;
                    emit(actor, Step.TAKE_OVER_LOOK_AGAIN, true);
                }
            }
            case OVERTAKING -> {
                if (breaks(Deviation.TAKE_OVER_CLEARING_FIRST)) {
                    disown(actor, at, OVERTAKEN);
                } else {
                    own(actor, at, OVERTAKEN);
                }
            }
            case OVERTAKEN -> {
                if (breaks(Deviation.TAKE_OVER_CLEARING_FIRST)) {
                    own(actor, at, ADOPTED);
                } else {
                    disown(actor, at, ADOPTED);
                }
            }
            case ADOPTED -> deliver(actor, at);
            default -> throw new IllegalStateException("unknown step: " + now[at + PC]);
        }
    }

    private void own(int actor, int at, int pc) {
        copy();
        int position = now[at + POSITION];
        require(!isHeldByConsumer(position, actor), Violation.ROBBED_CONSUMER);
        write(at, OWNED, position, 1);
        next[at + PC] = pc;
        emit(actor, Step.TAKE_OVER_ANNOUNCE, true);
    }

    /** Takes the position off the cell of a dead consumer; when there are several such cells, off any of them. */
    private void disown(int actor, int at, int pc) {
        int position = now[at + POSITION];
        boolean found = false;
        for (int a = layout.writersEnd; a < layout.consumersEnd; a++) {
            int dead = layout.actor(a);
            if (now[dead + PC] == DEAD && covers(dead, position)) {
                found = true;
                copy();
                int rest = layout.wrap(now[dead + CELL_POSITION] + now[dead + CELL_COUNT] - position - 1);
                if (rest > 0 && !breaks(Deviation.TAKE_OVER_CLEARING_ALL)) {
                    write(dead, now[dead + CELL], layout.wrap(position + 1), rest);
                } else {
                    clear(next, dead);
                }
                next[at + PC] = pc;
                emit(actor, Step.TAKE_OVER_CLEAR, true);
            }
        }
        if (!found) {
            copy();
            next[at + PC] = pc;
            emit(actor, Step.TAKE_OVER_CLEAR, true);
        }
    }

    /** The first position from the {@code from}-th on that a dead consumer's cell covers and nobody released; -1 for none. */
    private int orphan(int dead, int from) {
        int cell = now[dead + CELL];
        if (now[dead + PC] == DEAD && (cell == OWNED || (cell == INTENT && weakReaders))) {
            for (int i = from; i < now[dead + CELL_COUNT]; i++) {
                int p = layout.wrap(now[dead + CELL_POSITION] + i);
                if (isBeyond(now[HEAD], p) && now[layout.slot(p)] == layout.wrap(p + 1)) {
                    return p;
                }
            }
        }
        return NOBODY;
    }

    // death

    private void kill(int actor, int at) {
        if (now[KILLS] == 0) {
            return;
        }
        int pc = now[at + PC];
        if (layout.isRegistered(actor)) {
            if ((pc == CLAIMED && confirmedDeaths) || (pc != ANNOUNCED && announcedDeaths)) {
                return;
            }
            if (pc <= CHOSEN && now[at + CELL] == NONE && !noSuccessors) {
                // It leaves nothing, and its successor begins where it may begin itself.
                return;
            }
        } else if (!foreignDeaths || (pc != CONFIRMED && pc != HANDLED)) {
            return;
        }
        copy();
        next[KILLS]--;
        if (pc >= OVERTAKING_SCAN && pc <= OVERTAKEN) {
            unmark();
        }
        reset(at, DEAD);
        emit(actor, Step.DIE, false);
    }

    // recovery

    private void recover() {
        switch (now[RECOVERER]) {
            case IDLE -> {
                if (isUnlocked()) {
                    fillHoles();
                    beginScan();
                    if (!redeliver) {
                        beginDrops();
                    }
                    clearCells();
                }
            }
            case SCAN -> scan();
            case MOVE_HEAD -> moveHead();
            case FREE_SLOT -> freeSlot();
            case DROP_SCAN -> {
                boolean all = scanConsumers(NOBODY, now[RECOVERED], Step.RECOVER_DROP_SCAN);
                if (all) {
                    drop();
                }
                stop();
            }
            case FILL -> {
                copy();
                int p = now[RECOVERED];
                require(now[layout.slot(p)] == p, Violation.FOREIGN_SEQUENCE);
                free(p);
                next[RECOVERER] = IDLE;
                emit(NOBODY, Step.RECOVER_FILL_HOLE, true);
            }
            default -> throw new IllegalStateException("unknown step: " + now[RECOVERER]);
        }
    }

    /** Only who moved head over an unpublished position, and died before it moved the sequence, leaves this. */
    private void fillHoles() {
        if (breaks(Deviation.NO_HOLES_FILLED)) {
            return;
        }
        for (int i = 1; i <= capacity; i++) {
            int p = layout.wrap(now[HEAD] - i);
            if (now[layout.slot(p)] == p) {
                copy();
                if (breaks(Deviation.FILL_HOLES_BY_STORE)) {
                    next[RECOVERER] = FILL;
                    next[RECOVERED] = p;
                } else {
                    require(!isHeldByProducer(p, NOBODY), Violation.ROBBED_PRODUCER);
                    free(p);
                }
                emit(NOBODY, Step.RECOVER_FILL_HOLE, true);
            }
        }
    }

    private void beginScan() {
        int head = now[HEAD];
        if (isBeyond(now[TAIL], head) && now[layout.slot(head)] == head) {
            copy();
            next[RECOVERER] = breaks(Deviation.SKIP_WITHOUT_EVIDENCE) ? MOVE_HEAD : SCAN;
            next[RECOVERED] = head;
            emit(NOBODY, Step.RECOVER_BEGIN, true);
        }
    }

    private void scan() {
        int head = now[RECOVERED];
        boolean all = true;
        for (int a = 0; a < layout.producersEnd; a++) {
            int at = layout.actor(a);
            if (now[at + SCANNED] != 0) {
                continue;
            }
            all = false;
            int evidence = 0;
            if (covers(at, head)) {
                if (isAlive(now, at)) {
                    if (!breaks(Deviation.IGNORE_LIVE_PRODUCERS)) {
                        continue; // Its end, which is always possible.
                    }
                } else {
                    evidence = now[at + CELL] == INTENT ? WEAK : STRONG;
                }
            }
            copy();
            next[at + SCANNED] = 1;
            next[EVIDENCE] = Math.max(now[EVIDENCE], evidence);
            emit(NOBODY, Step.RECOVER_SCAN, true);
        }
        stop();
        if (all) {
            boolean same = now[layout.slot(head)] == head || breaks(Deviation.NO_SECOND_LOOK);
            boolean claimed = !breaks(Deviation.SECOND_LOOK_AT_TAIL) || isBeyond(now[TAIL], head);
            if (same && claimed && (now[EVIDENCE] == STRONG || (now[EVIDENCE] == WEAK && weakWriters))) {
                copy();
                unmark();
                next[EVIDENCE] = 0;
                next[RECOVERER] = MOVE_HEAD;
                emit(NOBODY, Step.RECOVER_LOOK_AGAIN, true);
            }
        }
    }

    /** It ends its round, or it dies. */
    private void stop() {
        copy();
        stopped(next);
        emit(NOBODY, Step.RECOVER_STOP, true);
    }

    private void stopped(int[] state) {
        state[RECOVERER] = IDLE;
        state[EVIDENCE] = 0;
        for (int a = 0; a < layout.actors; a++) {
            state[layout.actor(a) + SCANNED] = 0;
        }
    }

    private void moveHead() {
        int p = now[RECOVERED];
        copy();
        if (breaks(Deviation.SEQUENCE_BEFORE_HEAD)) {
            if (now[layout.slot(p)] == p) {
                require(!isHeldByProducer(p, NOBODY), Violation.ROBBED_PRODUCER);
                free(p);
            }
        } else {
            passOver(p, NOBODY);
        }
        next[RECOVERER] = FREE_SLOT;
        emit(NOBODY, Step.RECOVER_MOVE_HEAD, true);
    }

    private void freeSlot() {
        int p = now[RECOVERED];
        copy();
        next[RECOVERER] = IDLE;
        if (breaks(Deviation.SEQUENCE_BEFORE_HEAD)) {
            if (now[HEAD] == p) {
                next[HEAD] = layout.wrap(p + 1);
            }
        } else if (now[layout.slot(p)] == p) {
            require(!isHeldByProducer(p, NOBODY), Violation.ROBBED_PRODUCER);
            free(p);
        }
        emit(NOBODY, Step.RECOVER_FREE_SLOT, true);
        copy();
        next[RECOVERER] = IDLE;
        emit(NOBODY, Step.RECOVERER_DIES, false);
    }

    private void beginDrops() {
        for (int a = layout.writersEnd; a < layout.consumersEnd; a++) {
            int dead = layout.actor(a);
            for (int i = 0; i < now[dead + CELL_COUNT]; i++) {
                int p = orphan(dead, i);
                if (p != NOBODY) {
                    copy();
                    next[RECOVERER] = DROP_SCAN;
                    next[RECOVERED] = p;
                    emit(NOBODY, Step.RECOVER_DROP_BEGIN, true);
                }
            }
        }
    }

    private void drop() {
        int p = now[RECOVERED];
        copy();
        next[RECOVERER] = IDLE;
        unmark();
        if (now[layout.slot(p)] == layout.wrap(p + 1)) {
            require(!isHeldByConsumer(p, NOBODY), Violation.ROBBED_CONSUMER);
            free(p);
        }
        emit(NOBODY, Step.RECOVER_DROP, true);
    }

    /**
     * Looks at one more cell of a consumer, unless a live one covers the position; true when all were looked at.
     *
     * @param scanner who does so, and leaves its own cell out
     */
    private boolean scanConsumers(int scanner, int position, Step step) {
        boolean all = true;
        for (int a = layout.writersEnd; a < layout.consumersEnd; a++) {
            int at = layout.actor(a);
            if (a == scanner || now[at + SCANNED] != 0) {
                continue;
            }
            all = false;
            if (!isAlive(now, at) || !covers(at, position) || breaks(Deviation.IGNORE_LIVE_CONSUMERS)) {
                copy();
                next[at + SCANNED] = 1;
                emit(scanner, step, true);
            }
        }
        return all;
    }

    private void clearCells() {
        for (int a = 0; a < layout.actors; a++) {
            int at = layout.actor(a);
            if (layout.isRegistered(a) && now[at + PC] == DEAD && isSettled(a, at)) {
                copy();
                clear(next, at);
                next[at + PC] = noSuccessors ? GONE : IDLE;
                emit(NOBODY, Step.RECOVER_CLEAR_CELL, true);
            }
        }
    }

    private boolean isSettled(int actor, int at) {
        if (now[at + CELL] == NONE || breaks(Deviation.CLEAR_UNSETTLED_CELLS)) {
            return true;
        }
        boolean producer = layout.isProducer(actor);
        for (int i = 0; i < now[at + CELL_COUNT]; i++) {
            int p = layout.wrap(now[at + CELL_POSITION] + i);
            int open = producer ? p : layout.wrap(p + 1);
            if (isBeyond(now[producer ? TAIL : HEAD], p) && now[layout.slot(p)] == open) {
                return false;
            }
        }
        return true;
    }

    // what is true now

    private static boolean isAlive(int[] state, int at) {
        return state[at + PC] < DEAD;
    }

    /** Whether neither the recoverer nor a consumer that takes over holds the recovery lock. */
    private boolean isUnlocked() {
        if (now[RECOVERER] != IDLE) {
            return false;
        }
        for (int a = layout.writersEnd; a < layout.consumersEnd; a++) {
            int pc = now[layout.actor(a) + PC];
            if (pc >= OVERTAKING_SCAN && pc <= OVERTAKEN) {
                return false;
            }
        }
        return true;
    }

    private boolean isBeyond(int counter, int position) {
        return breaks(Deviation.COMPARE_UNSIGNED)
                ? counter > position
                : layout.distance(counter, position) > 0;
    }

    private boolean covers(int at, int position) {
        return now[at + CELL] != NONE && layout.covers(now[at + CELL_POSITION], now[at + CELL_COUNT], position);
    }

    private boolean isClaimable(boolean producer, int position) {
        return now[layout.slot(position)] == layout.wrap(producer ? position : position + 1);
    }

    private boolean isOpenClaim(int p) {
        return now[layout.slot(p)] == p && layout.distance(now[HEAD], p) <= 0 && layout.distance(now[TAIL], p) > 0;
    }

    private boolean isOpenTake(int p) {
        return now[layout.slot(p)] == layout.wrap(p + 1) && layout.distance(now[HEAD], p) > 0;
    }

    private boolean isCoveredByLiveConsumer(int p, int except) {
        for (int a = layout.writersEnd; a < layout.consumersEnd; a++) {
            int at = layout.actor(a);
            if (a != except && isAlive(now, at) && covers(at, p)) {
                return true;
            }
        }
        return false;
    }

    // what no process can know

    private boolean isHeldByProducer(int p, int except) {
        for (int a = 0; a < layout.writersEnd; a++) {
            int pc = now[layout.actor(a) + PC];
            if (a != except && (pc == CLAIMED || pc == CONFIRMED || pc == HANDLED || pc == GIVEN_UP)
                    && isOpenAt(a, p)) {
                return true;
            }
        }
        return false;
    }

    private boolean isHeldByConsumer(int p, int except) {
        for (int a = layout.writersEnd; a < layout.actors; a++) {
            int at = layout.actor(a);
            int pc = now[at + PC];
            boolean holds = pc == CLAIMED || pc == CONFIRMED || pc == HANDLED || pc == ADOPTED
                    || (pc == OVERTAKEN && covers(at, now[at + POSITION]));
            if (a != except && holds && isOpenAt(a, p)) {
                return true;
            }
        }
        return false;
    }

    private boolean isOpenAt(int actor, int p) {
        int at = layout.actor(actor);
        return layout.covers(now[at + POSITION] + now[at + DONE], now[at + COUNT] - now[at + DONE], p);
    }

    private boolean breaks(Deviation rule) {
        return broken.contains(rule);
    }

    // changes of the next state

    private void copy() {
        System.arraycopy(now, 0, next, 0, next.length);
        violation = null;
    }

    private void require(boolean condition, Violation otherwise) {
        if (!condition && violation == null) {
            violation = otherwise;
        }
    }

    /** Moves head over an unpublished position by compare-and-set. */
    private void passOver(int p, int owner) {
        require(now[layout.slot(p)] == p, Violation.LOST);
        require(!isHeldByProducer(p, owner), Violation.ROBBED_PRODUCER);
        next[HEAD] = layout.wrap(p + 1);
    }

    /** Makes a slot free for the next lap. */
    private void free(int p) {
        int slot = layout.slot(p);
        next[slot] = layout.wrap(p + capacity);
        next[DELIVERED] &= ~(1 << (slot - Layout.SEQUENCES));
        if (numbered) {
            next[layout.data + slot - Layout.SEQUENCES] = 0;
        }
    }

    private void write(int at, int cell, int position, int count) {
        next[at + CELL] = cell;
        next[at + CELL_POSITION] = position;
        next[at + CELL_COUNT] = breaks(Deviation.ANNOUNCE_FIRST_ONLY) ? 1 : count;
    }

    private static void clear(int[] state, int at) {
        state[at + CELL] = NONE;
        state[at + CELL_POSITION] = 0;
        state[at + CELL_COUNT] = 1;
    }

    private void reset(int at, int pc) {
        next[at + PC] = pc;
        next[at + POSITION] = 0;
        next[at + COUNT] = 1;
        next[at + DONE] = 0;
    }

    private void unmark() {
        for (int a = 0; a < layout.actors; a++) {
            next[layout.actor(a) + SCANNED] = 0;
        }
    }

    private void emit(int actor, Step step, boolean drains) {
        int size = layout.distance(next[TAIL], next[HEAD]);
        require(size >= 0 && size <= capacity, Violation.COUNTERS_CROSSED);
        if (violation == null) {
            settle();
        }
        successors.accept(next, actor, step, drains, violation);
    }

    /** Makes one state of those that differ in nothing that a step depends on. */
    private void settle() {
        int head = next[HEAD];
        int p = next[RECOVERED];
        boolean gone = switch (next[RECOVERER]) {
            case SCAN -> p != head || (next[layout.slot(p)] != p && !breaks(Deviation.NO_SECOND_LOOK));
            case MOVE_HEAD -> p != head;
            case DROP_SCAN -> next[layout.slot(p)] != layout.wrap(p + 1);
            default -> false;
        };
        if (gone) {
            stopped(next);
        }
        int past = layout.wrap(head - capacity - 2);
        for (int a = 0; a < layout.actors; a++) {
            int at = layout.actor(a);
            int pc = next[at + PC];
            int position = next[at + POSITION];
            if (pc == OVERTAKING_SCAN && next[layout.slot(position)] != layout.wrap(position + 1)
                    && !breaks(Deviation.TAKE_OVER_WITHOUT_SECOND_LOOK)) {
                unmark();
                reset(at, IDLE);
            } else if (hasPosition(pc) && isPast(position, head)) {
                next[at + POSITION] = past;
                next[at + COUNT] = 1;
            }
            if (next[at + CELL] != NONE && isPast(next[at + CELL_POSITION], head)) {
                next[at + CELL_POSITION] = past;
                next[at + CELL_COUNT] = 1;
            }
        }
    }

    private boolean isPast(int position, int head) {
        return layout.distance(position, head) < -capacity - 1;
    }
}
