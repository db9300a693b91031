package io.zeroipc.spring.boot.kafka.inbound;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;

/** Makes consumers of bytes as the application's own are made: its brokers, its security, its settings. Thread-safe. */
public final class Consumers {

    private static final int METADATA_AGE_MILLIS = 5_000;

    private final Supplier<? extends ConsumerFactory<?, ?>> application;

    /** @param application what the application reads from its brokers with */
    public Consumers(Supplier<? extends ConsumerFactory<?, ?>> application) {
        this.application = application;
    }

    /**
     * Makes a consumer.
     *
     * @param bridge the bridge that it is for
     * @param group null for none
     * @param member whether the group is to divide the partitions among its members
     */
    Consumer<byte[], byte[]> create(String bridge, @Nullable String group, boolean member) {
        ConsumerFactory<?, ?> from = application.get();
        Map<String, Object> settings = new HashMap<>(from.getConfigurationProperties());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Where to begin is decided here: a consumer would skip what is gone without a word.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // A consumer answers from memory how many partitions there are: five minutes old, if nobody says otherwise.
        settings.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_AGE_MILLIS);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId(settings, bridge));
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        if (group != null) {
            settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        }
        if (!member) {
            settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        }
        DefaultKafkaConsumerFactory<byte[], byte[]> factory = new DefaultKafkaConsumerFactory<>(settings,
                new ByteArrayDeserializer(), new ByteArrayDeserializer());
        listeners(from).forEach(factory::addListener);
        return factory.createConsumer();
    }

    /** Asks the brokers what a consumer cannot; to be closed. */
    Admin admin(String bridge) {
        Map<String, Object> settings = new HashMap<>(application.get().getConfigurationProperties());
        // What is for consumers alone would be warned of.
        settings.keySet().retainAll(AdminClientConfig.configNames());
        settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId(settings, bridge) + "-admin");
        return Admin.create(settings);
    }

    private static String clientId(Map<String, Object> settings, String bridge) {
        Object prefix = settings.get(CommonClientConfigs.CLIENT_ID_CONFIG);
        return (prefix == null ? "zeroipc" : prefix) + "-" + bridge;
    }

    /** They see consumers, and no records. */
    @SuppressWarnings("unchecked")
    private static Iterable<ConsumerFactory.Listener<byte[], byte[]>> listeners(ConsumerFactory<?, ?> from) {
        return ((ConsumerFactory<byte[], byte[]>) from).getListeners();
    }

    /** Whether who has no offset yet begins with the first record, and not with the next one. */
    boolean beginsEarliest() {
        return reset().equals("earliest");
    }

    /**
     * Refuses settings that bridges cannot keep.
     *
     * @throws IllegalArgumentException naming the property
     */
    void check(String bridge) {
        String reset = reset();
        if (!reset.equals("earliest") && !reset.equals("latest")) {
            throw new IllegalArgumentException("bridge cannot begin like this: " + bridge
                    + ", spring.kafka.consumer.auto-offset-reset=" + reset + " (expected: earliest or latest)");
        }
    }

    private String reset() {
        Object setting = application.get().getConfigurationProperties().get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
        return setting == null ? "latest" : setting.toString().toLowerCase(Locale.ROOT);
    }
}
