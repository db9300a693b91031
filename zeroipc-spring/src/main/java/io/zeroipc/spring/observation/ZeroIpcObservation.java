package io.zeroipc.spring.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations that there are. Each has the same low cardinality keys at all times. */
public enum ZeroIpcObservation implements ObservationDocumentation {

    /** One call of a listener: for an element, or for a batch. */
    LISTENER {
        @Override
        public String getName() {
            return "zeroipc.listener";
        }

        @Override
        public String getContextualName() {
            return "%s process";
        }

        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return DefaultZeroIpcListenerObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return ListenerKey.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return ListenerDetailKey.values();
        }
    },

    /** One sending by the template: of an element, of several, or of a request until its reply. */
    TEMPLATE {
        @Override
        public String getName() {
            return "zeroipc.template";
        }

        @Override
        public String getContextualName() {
            return "%s send";
        }

        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return DefaultZeroIpcTemplateObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return TemplateKey.values();
        }
    };

    @Override
    public abstract String getName();

    @Override
    public abstract String getContextualName();

    /** Low cardinality keys of {@link #LISTENER}. */
    public enum ListenerKey implements KeyName {

        /** Id of the listener. */
        LISTENER_ID("zeroipc.listener.id"),
        /** {@code zeroipc}. */
        MESSAGING_SYSTEM("messaging.system"),
        /** {@code process}. */
        MESSAGING_OPERATION("messaging.operation"),
        /** The channel: {@code segment/structure}. */
        MESSAGING_SOURCE_NAME("messaging.source.name"),
        /** The kind of its structure: {@code queue}, {@code ring}. */
        MESSAGING_SOURCE_KIND("messaging.source.kind");

        private final String key;

        ListenerKey(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** High cardinality keys of {@link #LISTENER}. */
    public enum ListenerDetailKey implements KeyName {

        /** Position of the (last) element in its structure; missing where the structure does not count. */
        MESSAGING_MESSAGE_ID("messaging.message.id"),
        /** How many elements the listener was called with. */
        MESSAGING_BATCH_MESSAGE_COUNT("messaging.batch.message_count");

        private final String key;

        ListenerDetailKey(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** Low cardinality keys of {@link #TEMPLATE}. */
    public enum TemplateKey implements KeyName {

        /** Bean name of the template. */
        TEMPLATE_NAME("zeroipc.template.name"),
        /** {@code zeroipc}. */
        MESSAGING_SYSTEM("messaging.system"),
        /** {@code publish}. */
        MESSAGING_OPERATION("messaging.operation"),
        /** The channel: {@code segment/structure}. */
        MESSAGING_DESTINATION_NAME("messaging.destination.name"),
        /** The kind of its structure: {@code queue}, {@code ring}. */
        MESSAGING_DESTINATION_KIND("messaging.destination.kind"),
        /**
         * What came of it: {@code sent}; {@code full} or {@code timeout} when there was no room, at once or in time;
         * {@code stopped} when the listener in whose thread it waited for room was stopped; {@code closed};
         * {@code replied} or {@code no-reply} of a request; {@code error} otherwise, and {@code unknown} before its end.
         */
        OUTCOME("zeroipc.template.outcome");

        private final String key;

        TemplateKey(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }
}
