package io.zeroipc.stress.model;

/** What must not happen in any order of steps. */
enum Violation {

    ROBBED_PRODUCER("a position is taken from a producer that lives and has not published it"),
    ROBBED_CONSUMER("a position is taken from a consumer that lives and has not released it"),
    LATE_PUBLICATION("a producer publishes a position that is not its own any more"),
    LATE_RELEASE("a consumer releases a position that is not its own any more"),
    FOREIGN_SEQUENCE("a sequence is overwritten that belongs to another lap"),
    CLAIM_OF_USED_SLOT("a producer claims a position whose slot is not free"),
    CLAIM_OF_UNPUBLISHED("a consumer claims a position that is not published"),
    UNPUBLISHED_DELIVERED("a consumer reads what is not published, or not there any more"),
    WRONG_ELEMENT("what is read is not what was written for that position"),
    DELIVERED_TWICE("an element is delivered twice, and the first consumer did not die with it"),
    OUT_OF_ORDER("a consumer receives a producer's later element first"),
    LOST("a published element is passed over"),
    COUNTERS_CROSSED("head is beyond tail, or tail more than the capacity beyond head");

    private final String sentence;

    Violation(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public String toString() {
        return name() + ": " + sentence;
    }
}
