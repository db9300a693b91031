package io.zeroipc.interop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a consumer or observer of parcels finds out. For one thread. */
final class Findings {

    private final Map<Integer, Long> last = new HashMap<>();
    private long received;
    private long disordered;
    private long damaged;

    /** False at the end of the traffic. */
    boolean see(Parcel parcel) {
        if (!parcel.isWhole()) {
            damaged++;
            return true;
        }
        if (parcel.isEnd()) {
            return false;
        }
        received++;
        Long before = last.put(parcel.producer(), parcel.sequence());
        if (before != null && parcel.sequence() <= before) {
            disordered++;
        }
        return true;
    }

    long received() {
        return received;
    }

    /** As peers say it: received, disordered, damaged. */
    List<Long> numbers() {
        return List.of(received, disordered, damaged);
    }

    /** As {@link #numbers()}, and after it how many elements it was told are lost. */
    List<Long> numbers(long lost) {
        return List.of(received, disordered, damaged, lost);
    }
}
