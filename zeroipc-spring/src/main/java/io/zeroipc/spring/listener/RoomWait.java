package io.zeroipc.spring.listener;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

import io.zeroipc.spring.core.ChannelName;

/**
 * A listener waits until there is room for what it sends.
 *
 * @param channel the one that is full
 * @param since when it began to
 */
public record RoomWait(ChannelName channel, Instant since) {

    /**
     * Finds channels that are full for ever, as far as this application goes: all of their consumers wait for room, and all
     * of them in such channels. Listeners that send to each other come to that, also over several channels.
     *
     * @param consumers of all running listeners
     * @param patience shorter waits do not count
     * @return none when somebody can go on
     */
    public static Set<ChannelName> stuck(Collection<ConsumerReport> consumers, Duration patience) {
        Instant latest = Instant.now().minus(patience);
        Set<ChannelName> stuck = consumers.stream().map(ConsumerReport::channel).collect(Collectors.toSet());
        Set<ChannelName> free = new HashSet<>();
        do {
            free.clear();
            for (ConsumerReport consumer : consumers) {
                RoomWait wait = consumer.roomWait();
                if (wait == null || wait.since().isAfter(latest) || !stuck.contains(wait.channel())) {
                    free.add(consumer.channel());
                }
            }
        } while (stuck.removeAll(free));
        return stuck;
    }
}
