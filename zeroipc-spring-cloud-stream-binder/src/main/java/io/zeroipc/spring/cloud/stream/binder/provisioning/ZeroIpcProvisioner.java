package io.zeroipc.spring.cloud.stream.binder.provisioning;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.stream.binder.ExtendedConsumerProperties;
import org.springframework.cloud.stream.binder.ExtendedProducerProperties;
import org.springframework.cloud.stream.provisioning.ConsumerDestination;
import org.springframework.cloud.stream.provisioning.ProducerDestination;
import org.springframework.cloud.stream.provisioning.ProvisioningException;
import org.springframework.cloud.stream.provisioning.ProvisioningProvider;
import org.springframework.util.StringUtils;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcConsumerProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcProducerProperties;
import io.zeroipc.spring.core.ChannelName;

/**
 * Makes segments of destinations and queues of groups. Of several processes that provision the same at once, one makes it, and all use
 * it. Thread-safe.
 */
public final class ZeroIpcProvisioner implements
        ProvisioningProvider<ExtendedConsumerProperties<ZeroIpcConsumerProperties>,
                ExtendedProducerProperties<ZeroIpcProducerProperties>> {

    /** What a letter says at least: where, when, and the name of an exception. */
    private static final int REASON_BYTES_MIN = 384;
    private static final String BINDINGS = "spring.cloud.stream.zeroipc.bindings.";

    private final StreamSegments segments;

    public ZeroIpcProvisioner(StreamSegments segments) {
        this.segments = segments;
    }

    @Override
    public ProducerDestination provisionProducerDestination(String name,
            ExtendedProducerProperties<ZeroIpcProducerProperties> properties) {
        try {
            ZeroIpcProducerProperties extension = properties.getExtension();
            String binding = BINDINGS + binding(properties.getBindingName(), name) + ".producer";
            String elementType = elementType(binding, extension.getElementType(), properties.isUseNativeEncoding(),
                    properties.getRequiredGroups().length > 0, "use-native-encoding");
            QueueSettings settings = segments.settings(binding, extension, elementType);
            DestinationSegment segment = segments.get(name, settings);
            for (String group : properties.getRequiredGroups()) {
                if (properties.isPartitioned()) {
                    for (int i = 0; i < properties.getPartitionCount(); i++) {
                        segment.provision(QueueName.of(group, i), settings);
                    }
                } else {
                    segment.provision(QueueName.of(group), settings);
                }
            }
            return new ZeroIpcProducerDestination(segment);
        } catch (ZeroIpcException | IllegalArgumentException e) {
            throw failed(name, e);
        }
    }

    @Override
    public ConsumerDestination provisionConsumerDestination(String name, @Nullable String group,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        try {
            return provision(name, StringUtils.hasText(group) ? group : null, properties);
        } catch (ZeroIpcException | IllegalArgumentException e) {
            throw failed(name, e);
        }
    }

    private ZeroIpcConsumerDestination provision(String name, @Nullable String group,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties) {
        if (properties.isMultiplex()) {
            throw new IllegalArgumentException("binding cannot be multiplexed: binding=" + properties.getBindingName()
                    + " (expected: multiplex=false, which binds each destination by itself)");
        }
        ZeroIpcConsumerProperties extension = properties.getExtension();
        String binding = BINDINGS + binding(properties.getBindingName(), name) + ".consumer";
        String elementType = elementType(binding, extension.getElementType(), properties.isUseNativeDecoding(), true,
                "use-native-decoding");
        QueueSettings settings = segments.settings(binding, extension, elementType);
        DestinationSegment segment = segments.get(name, settings);
        if (group == null) {
            if (extension.isEnableDlq()) {
                throw new IllegalArgumentException("consumer has no group whose dead letters these would be: binding="
                        + binding + " (expected: a group, or enable-dlq=false)");
            }
            AnonymousClaim claim = segment.claimAnonymous(settings);
            return new ZeroIpcConsumerDestination(segment, claim.queue(), null, claim);
        }
        GroupQueue queue = properties.isPartitioned()
                ? partitions(segment, group, properties, settings)
                : whole(segment, group, settings);
        return new ZeroIpcConsumerDestination(segment, queue, deadLetters(segment, group, queue, extension, settings),
                null);
    }

    /** Of dead letters with room for what goes along with the message, whoever comes first. */
    private static GroupQueue whole(DestinationSegment segment, String group, QueueSettings settings) {
        QueueName name = QueueName.of(group);
        boolean letters = name.kind() == QueueName.Kind.DEAD_LETTERS && !settings.sizeAsked();
        return segment.provision(name, letters ? settings.ofDeadLetters() : settings);
    }

    /** All of the group's, so that what comes before its last instance has started waits for that. */
    private static GroupQueue partitions(DestinationSegment segment, String group,
            ExtendedConsumerProperties<ZeroIpcConsumerProperties> properties, QueueSettings settings) {
        int index = properties.getInstanceIndex();
        int count = Math.max(properties.getInstanceCount(), 1);
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException("instance consumes no partition: binding=" + settings.binding()
                    + ", instance-index=" + index + ", instance-count=" + properties.getInstanceCount()
                    + " (expected: an instance-index from 0 to " + (count - 1) + ")");
        }
        if (group.endsWith(QueueName.DEAD_LETTERS)) {
            throw new IllegalArgumentException("dead letters have no partitions: binding=" + settings.binding()
                    + ", group=" + group + " (expected: partitioned=false)");
        }
        GroupQueue own = segment.provision(QueueName.of(group, index), settings);
        for (int i = 0; i < count; i++) {
            segment.provision(QueueName.of(group, i), settings);
        }
        return own;
    }

    private @Nullable ChannelName deadLetters(DestinationSegment segment, String group, GroupQueue queue,
            ZeroIpcConsumerProperties extension, QueueSettings settings) {
        String other = extension.getDlqDestination();
        if (!extension.isEnableDlq()) {
            if (other != null) {
                throw new IllegalArgumentException("there are no dead letters: binding=" + settings.binding()
                        + ", dlq-destination=" + other + " (expected: enable-dlq=true, or no dlq-destination)");
            }
            return null;
        }
        QueueSettings letters = settings.ofDeadLetters(queue.codec().byteSize());
        if (other != null) {
            if (other.equals(segment.destination())) {
                throw new IllegalArgumentException("dead letters would come back: binding=" + settings.binding()
                        + ", dlq-destination=" + other + " (expected: another destination, or none)");
            }
            return requireRoom(segments.get(other, letters).provision(QueueName.of(group), letters), queue, settings);
        }
        QueueName name = QueueName.deadLettersOf(group);
        if (queue.name().kind() == QueueName.Kind.DEAD_LETTERS) {
            throw new IllegalArgumentException("dead letters have none of their own: binding=" + settings.binding()
                    + ", group=" + group + " (expected: enable-dlq=false, or a dlq-destination)");
        }
        return requireRoom(segment.provision(name, letters), queue, settings);
    }

    /** Whoever has made the queue may not have known what it is for. */
    private static ChannelName requireRoom(GroupQueue letters, GroupQueue queue, QueueSettings settings) {
        int room = letters.slot() == null ? 0 : letters.slot().capacity();
        if (room < queue.codec().byteSize() + REASON_BYTES_MIN) {
            throw new IllegalArgumentException("queue is too small for dead letters: binding=" + settings.binding()
                    + ", dead letters=" + letters + ", elements=" + letters.queue().elementType() + ", messages="
                    + queue.queue().elementType() + " (expected: "
                    + settings.ofDeadLetters(queue.codec().byteSize()).codec().typeName()
                    + ", which this application makes when it starts first; or that element-size of the binding that"
                    + " consumes them)");
        }
        return letters.channel();
    }

    private static @Nullable String elementType(String binding, @Nullable String elementType, boolean isNative,
            boolean required, String nativeProperty) {
        if (isNative && required && elementType == null) {
            throw new IllegalArgumentException(
                    "native elements have no type: binding=" + binding + ", " + nativeProperty
                            + "=true (expected: element-type, such as int64 or the name of a record)");
        }
        if (!isNative && elementType != null) {
            throw new IllegalArgumentException("messages have no element type: binding=" + binding + ", element-type="
                    + elementType + " (expected: " + nativeProperty + "=true, or no element-type)");
        }
        return elementType;
    }

    private static String binding(@Nullable String binding, String destination) {
        return StringUtils.hasText(binding) ? binding : destination;
    }

    private static ProvisioningException failed(String destination, RuntimeException e) {
        return new ProvisioningException("destination cannot be provisioned: destination=" + destination + ": "
                + e.getMessage(), e);
    }
}
