package io.zeroipc.segment;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ClaimWord;

/** What the dead have left in the claims of one structure. For one thread, during one {@link Recoverer#recover}. */
public final class Remains {

    /**
     * A claim of a dead participant.
     *
     * @param claim a {@link io.zeroipc.format.ClaimWord}
     */
    public record DeadClaim(int cell, long claim) {}

    /** Whether something that a dead one has perhaps had is nobody else's. */
    public enum Proof {

        /** It is the dead one's, and stays so. */
        GIVEN,

        /** Somebody is at it, or may be; it is looked at again. */
        BUSY,

        /** It may be somebody's who announces nothing. */
        UNDECIDED;

        /**
         * Looks, asks, and does both again, as neither holds for the time of the other: who announces nothing may have had it at the
         * first look, and have left it to somebody who does before the question; or have come behind the question.
         *
         * @param look whether none of the living who announce has it; takes little
         * @param mayBeForeign whether somebody may be there who announces nothing; takes milliseconds
         */
        static Proof of(BooleanSupplier look, BooleanSupplier mayBeForeign) {
            for (int i = 0; i < 2; i++) {
                if (!look.getAsBoolean()) {
                    return BUSY;
                }
                if (mayBeForeign.getAsBoolean()) {
                    return UNDECIDED;
                }
            }
            return GIVEN;
        }
    }

    private final Recovery recovery;
    private final long block;
    private final List<DeadClaim> claims;

    Remains(Recovery recovery, long block, List<DeadClaim> claims) {
        this.recovery = recovery;
        this.block = block;
        this.claims = claims;
    }

    /** How many participants have died in this segment so far, as was noted. */
    public long deaths() {
        return recovery.deathCount();
    }

    /** Those that are not settled. */
    public List<DeadClaim> claims() {
        return claims;
    }

    /** As {@link #claims}, looked for again: with what somebody has left since. Only to be looked at. */
    public List<DeadClaim> claimsByNow() {
        return recovery.claimsOfTheDead(block);
    }

    /** Whether a dead participant has such a claim. */
    public boolean anyDead(LongPredicate claim) {
        return claims.stream().anyMatch(each -> claim.test(each.claim()));
    }

    /**
     * Whether a live participant, this process included, announces such a claim. Looks into all cells now: of a claim that was
     * made before this is called, the answer is right; see {@code docs/format/participants.md}, Order.
     */
    public boolean anyLive(LongPredicate claim) {
        return recovery.anyLive(block, claim);
    }

    /** How many live participants' cells say such a claim at this moment, as {@link #anyLive} sees it. */
    public int countLive(LongPredicate claim) {
        return recovery.countLive(block, claim);
    }

    /**
     * Whether there was a moment at which nobody who lives had such a claim, and a condition held. For locks, which pass from one to
     * the other and back, so that a single look could miss each holder: the moment is between two looks without a claim, and no
     * thread has announced this lock in between, which each does before it takes it ({@link Claims#announceLock}).
     *
     * @param condition looked at in that moment, more than once
     */
    public Proof proof(LongPredicate claim, BooleanSupplier condition) {
        return Proof.of(() -> noneLive(claim, 0, condition), this::mayBeForeign);
    }

    /**
     * As {@link #proof}, of one part of a structure: {@link Claims#announcePart}. No live participant has had this part in the whole
     * time in which the condition was looked at.
     */
    public Proof proofOf(int part, BooleanSupplier condition) {
        return Proof.of(() -> noneLive(claim -> ClaimWord.covers(claim, part), part, condition), this::mayBeForeign);
    }

    private boolean noneLive(LongPredicate claim, int part, BooleanSupplier condition) {
        recovery.forgetLocks();
        return !anyLive(claim) && condition.getAsBoolean() && !anyLive(claim)
                && !recovery.wasLockAnnounced(block, part);
    }

    /**
     * Whether somebody may use the segment whose claims stand in no cell: a program that does not know the file of participants,
     * or a process for which there was no room. Then the absence of a claim among the live proves nothing.
     */
    public boolean mayBeForeign() {
        return recovery.mayBeForeign();
    }

    /**
     * Whether a participant is dead, or has left, whom a structure names itself as its owner: with what {@link Attachment#self}
     * was for it. Whether it has a claim here or not.
     */
    public boolean isGone(long owner) {
        return recovery.isGone(owner);
    }

    /** The claim needs nothing any more: its cell is cleared, unless it says something else by now. */
    public void settle(DeadClaim claim) {
        boolean _ = recovery.change(claim.cell(), claim.claim(), ClaimWord.NONE);
        claims.remove(claim);
    }

    /**
     * Says something else in the place of a dead one.
     *
     * @return what stands there now; null when somebody has cleared it meanwhile, and it needs nothing any more
     */
    public @Nullable DeadClaim replace(DeadClaim claim, long word) {
        boolean isToldAlready = ClaimWord.kind(claim.claim()) == ClaimWord.DYING;
        boolean isTold = ClaimWord.kind(word) == ClaimWord.DYING || ClaimWord.kind(word) == ClaimWord.DIED;
        int counted = isTold && !isToldAlready ? 1 : 0;
        // First: whoever locks looks for the claim only if there are any.
        recovery.countDied(counted);
        if (!recovery.change(claim.cell(), claim.claim(), word)) {
            recovery.countDied(-counted);
            claims.remove(claim);
            return null;
        }
        DeadClaim replaced = new DeadClaim(claim.cell(), word);
        claims.set(claims.indexOf(claim), replaced);
        return replaced;
    }

    /** Counts what was done, for meters and events. */
    public void count(RecoveryOutcome outcome, int times) {
        recovery.count(outcome, times);
    }
}
