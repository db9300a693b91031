package io.zeroipc.stress.model;

/** What may happen in a scenario besides producing, consuming and dying. */
enum Option {

    /** A producer may give a single claimed position up. */
    GIVE_UP,
    /** A live consumer takes over what a dead one had; without it, the recoverer drops that. */
    REDELIVER,
    /** Unregistered processes die as well. */
    FOREIGN_DEATHS,
    /** Nobody dies between a claim and its confirmation. */
    CONFIRMED_DEATHS_ONLY,
    /** Nobody dies but between an announcement and the claim, so that there is weak evidence only, and all of it is wrong. */
    ANNOUNCED_DEATHS_ONLY,
    /** No process is started in the place of a dead one. */
    NO_SUCCESSORS,
    /** Elements have numbers: that each producer's are delivered in order, and as they were written, is checked. */
    NUMBERED_ELEMENTS,
    /** Positions are kept as they are, and run round the modulus; without it, the ones that differ only in the origin are one state. */
    ABSOLUTE_POSITIONS
}
