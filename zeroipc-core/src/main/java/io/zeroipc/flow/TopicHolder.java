package io.zeroipc.flow;

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

    /** In words: {@code subscriber pid=4711 name=viewer held=1 unread=7}. */
    @Override
    public String toString() {
        return (role == Role.PUBLISHER ? "publisher" : "subscriber") + " pid=" + pid
                + (name.isEmpty() ? "" : " name=" + name) + " held=" + held
                + (role == Role.PUBLISHER ? "" : " unread=" + unread)
                + (participant ? "" : " (takes no part in recovery)");
    }
}
