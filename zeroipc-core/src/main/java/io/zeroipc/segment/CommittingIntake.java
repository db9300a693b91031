package io.zeroipc.segment;

/**
 * An {@link Intake} that takes elements and removes them later: until they are committed they stay in the structure, and
 * the next consumer gets them again if this one dies or closes before.
 *
 * @param <T> the element
 */
public interface CommittingIntake<T> extends Intake<T> {

    /**
     * Removes everything that this intake has taken up to and with an element, in the order in which it has taken it: where intakes
     * compete, an element that comes again has a lower position than some that were taken before it. May be called from any thread, also
     * while another one is taking elements. Without effect when that was done already, and after {@link #close}.
     *
     * @param position what {@link #position} said of the element
     * @throws IllegalArgumentException when the element was not taken yet
     */
    void commit(long position);
}
