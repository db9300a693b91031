package io.zeroipc.spring.boot.kafka.inbound;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.core.SegmentRegistry;

/** What a bridge works with, whatever it fills. */
record Work(BridgeDefinition definition, SegmentRegistry segments, Consumers consumers, @Nullable JsonMapper mapper,
        Course course, RefusedRecords refused) {

    Work(BridgeDefinition definition, SegmentRegistry segments, Consumers consumers, @Nullable JsonMapper mapper,
            Course course) {
        this(definition, segments, consumers, mapper, course, new RefusedRecords(definition, course));
    }

    /** The structure, as it is now. */
    Target target() {
        return Target.open(segments, definition, mapper);
    }

    /** A reader without a group, since what is read counts and not how far. */
    TopicReader reader() {
        return reader(null, false);
    }

    /** @param given whether partitions are shared with who else is in the group */
    TopicReader reader(@Nullable String group, boolean given) {
        return new TopicReader(consumers.create(definition.name(), group, given),
                new TopicIdentity(consumers.admin(definition.name()), definition.topic()), definition.topic(), course);
    }
}
