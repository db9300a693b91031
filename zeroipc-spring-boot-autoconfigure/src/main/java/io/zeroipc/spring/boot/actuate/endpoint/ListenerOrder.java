package io.zeroipc.spring.boot.actuate.endpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import io.zeroipc.spring.listener.ChannelListenerContainer;

/** What an operator can want a listener to be. */
enum ListenerOrder {

    STARTED {
        @Override
        boolean isPossible(ChannelListenerContainer container) {
            return switch (container.getState()) {
                case STOPPING -> false;
                // Consuming is what a start is for, and a start does not end a pause.
                case STARTING, RUNNING, PAUSED -> !container.isPauseRequested();
                case CREATED, STOPPED, FAILED -> true;
            };
        }

        @Override
        void execute(ChannelListenerContainer container) {
            container.start();
        }
    },

    STOPPED {
        @Override
        boolean isPossible(ChannelListenerContainer container) {
            return true;
        }

        @Override
        void execute(ChannelListenerContainer container) {
            container.stop();
        }
    },

    PAUSED {
        @Override
        boolean isPossible(ChannelListenerContainer container) {
            return isStarted(container);
        }

        @Override
        void execute(ChannelListenerContainer container) {
            container.pause();
        }
    },

    RESUMED {
        @Override
        boolean isPossible(ChannelListenerContainer container) {
            return isStarted(container);
        }

        @Override
        void execute(ChannelListenerContainer container) {
            container.resume();
        }
    };

    /** Whether it makes sense now. What is so already is possible, and without effect. */
    abstract boolean isPossible(ChannelListenerContainer container);

    abstract void execute(ChannelListenerContainer container);

    static Optional<ListenerOrder> of(String text) {
        return Arrays.stream(values()).filter(order -> order.name().equalsIgnoreCase(text.strip())).findFirst();
    }

    /** Those that are possible now, as one writes them. */
    static String possible(ChannelListenerContainer container) {
        return Arrays.stream(values())
                .filter(order -> order.isPossible(container))
                .map(ListenerOrder::toString)
                .collect(Collectors.joining(", "));
    }

    static String all() {
        return Arrays.stream(values()).map(ListenerOrder::toString).collect(Collectors.joining(", "));
    }

    private static boolean isStarted(ChannelListenerContainer container) {
        return switch (container.getState()) {
            case STARTING, RUNNING, PAUSED -> true;
            case CREATED, STOPPING, STOPPED, FAILED -> false;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
