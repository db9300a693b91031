package io.zeroipc.sample.dashboard;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.sample.app.StatisticsListener.Minute;
import io.zeroipc.spring.listener.ContainerState;

/**
 * Everything but the figures: what is there, how full it is, who listens, and who publishes.
 *
 * @param atMillis this application's clock, whose differences give rates
 * @param browsers open pages
 * @param dropped events that some page was too slow for
 */
record Overview(long atMillis, Application application, Publisher publisher, List<SegmentView> segments,
        List<ListenerView> listeners, Minute minute, int browsers, long dropped) {

    /**
     * @param main whether this is the main instance
     * @param mainPort where the main one is; 0 when it is not known
     */
    record Application(long process, boolean main, int mainPort) {}

    /**
     * @param process who took the newest sample; 0 when there is none
     * @param alive whether there is such a process
     * @param stale whether no new samples come
     * @param ageMillis since the newest came
     */
    record Publisher(long process, boolean alive, boolean stale, long ageMillis, long number) {}

    /**
     * @param used bytes
     * @param entries rows of the table in use
     * @param attached whether it can be read now; otherwise the rest is missing
     * @param participants who takes part in recovery, this application included
     * @param dead the latest of them that died, the newest first
     */
    record SegmentView(String name, String path, boolean attached, long used, long size, long entries, long maxEntries,
            List<StructureView> structures, List<ProcessView> participants, List<ProcessView> dead) {}

    /** @param name of its application */
    record ProcessView(long process, String name) {}

    /**
     * @param count elements, or the value of a counter
     * @param capacity 0 where nothing can fill up
     * @param total what arrived since it was created, for a rate; null where nothing arrives
     */
    record StructureView(String name, String kind, String elementType, long bytes, long count, long capacity,
            @Nullable Long total) {}

    /**
     * @param taken elements that it was called for
     * @param failed how many of them it threw for
     * @param lost elements that were overwritten before it saw them
     */
    record ListenerView(String id, List<String> channels, ContainerState state, long taken, long failed, long lost) {}
}
