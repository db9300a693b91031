package io.zeroipc.flow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Participant;

/**
 * Who keeps chunks of a {@link SharedTopic} from being free, a moment ago.
 *
 * @param role whether it publishes or subscribes
 * @param pid as the process sees itself; 0 when it is not known
 * @param name of the application; empty when it is not known
 * @param participant whether it takes part in recovery: if it is killed, the chunks come back
 * @param held chunks that it has on loan, or whose message it is reading
 * @param unread chunks whose message it has yet to read
 */
public record TopicHolder(Role role, long pid, String name, boolean participant, int held, int unread) {

    /** On which side of a topic. */
    public enum Role {
        /** Has chunks on loan. */
        PUBLISHER,
        /** Reads messages, or has yet to. */
        SUBSCRIBER
    }

    /** Names those who have something. */
    static List<TopicHolder> of(Attachment attachment, List<TopicChunks.Hold> holds) {
        return holds.stream().map(hold -> of(attachment, hold)).toList();
    }

    private static TopicHolder of(Attachment attachment, TopicChunks.Hold hold) {
        long owner = hold.owner();
        Role role = hold.publisher() ? Role.PUBLISHER : Role.SUBSCRIBER;
        boolean foreign = TopicDescriptor.isForeign(owner);
        @Nullable Participant found = foreign ? null : attachment.participant(owner);
        return found == null
                ? new TopicHolder(role, foreign ? TopicDescriptor.pidOf(owner) : 0, "", !foreign, hold.held(),
                        hold.unread())
                : new TopicHolder(role, found.pid(), found.name(), true, hold.held(), hold.unread());
    }

    /** In words, the same ones once: {@code [subscriber pid=4711 name=viewer held=0 unread=0, 31 times]}. */
    static String describe(List<TopicHolder> holders) {
        Map<String, Long> counts = holders.stream()
                .collect(Collectors.groupingBy(TopicHolder::toString, LinkedHashMap::new, Collectors.counting()));
        return counts.entrySet()
                .stream()
                .map(each -> each.getKey() + (each.getValue() == 1 ? "" : ", " + each.getValue() + " times"))
                .collect(Collectors.joining("; ", "[", "]"));
    }

    /** In words: {@code subscriber pid=4711 name=viewer held=1 unread=7}. */
    @Override
    public String toString() {
        return (role == Role.PUBLISHER ? "publisher" : "subscriber") + " pid=" + pid
                + (name.isEmpty() ? "" : " name=" + name) + " held=" + held
                + (role == Role.PUBLISHER ? "" : " unread=" + unread)
                + (participant ? "" : " (takes no part in recovery)");
    }
}
