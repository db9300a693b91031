package io.zeroipc.spring.core;

import java.util.Map;

import io.zeroipc.spring.core.ChannelHandle.Sent;

/** What a sending takes from the observation that it is within, if it is, and tells it. */
interface ObservedSend {

    /** Of a sending that nobody observes. */
    ObservedSend NONE = new ObservedSend() {
        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public void ended(String outcome) {
            // Nobody wants to know.
        }
    };

    /** What goes along where there is room. */
    Map<String, String> headers();

    /** Tells what came of it, in a word of few. */
    void ended(String outcome);

    /** As {@link #ended}, and returns it. */
    default Sent tellEnd(Sent sent) {
        ended(sent.outcome().label());
        return sent;
    }
}
