package io.zeroipc.sample.dashboard;

import io.zeroipc.sample.app.StatisticsListener.Minute;

/**
 * Everything but the figures and what the console shows: who publishes, and who looks on.
 *
 * @param browsers open pages
 * @param dropped events that some page was too slow for
 */
record Overview(Application application, Publisher publisher, Minute minute, int browsers, long dropped) {

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
}
