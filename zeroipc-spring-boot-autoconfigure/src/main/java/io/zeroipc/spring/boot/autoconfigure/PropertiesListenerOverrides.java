package io.zeroipc.spring.boot.autoconfigure;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.springframework.beans.factory.BeanFactory;

import io.zeroipc.spring.config.ListenerOverrides;
import io.zeroipc.spring.config.ListenerSettingConverter;
import io.zeroipc.spring.core.NearMatches;
import io.zeroipc.spring.listener.InvalidSettingException;
import io.zeroipc.spring.listener.ListenerSetting;
import io.zeroipc.spring.listener.ListenerSettings;

/**
 * The properties under {@code zeroipc.listener.endpoints}. They are bound as texts, {@code alerts.max-batch-size} to 16,
 * because an id may have dots, and because a record would ignore a key that it does not know.
 */
final class PropertiesListenerOverrides implements ListenerOverrides {

    private final ListenerSettingConverter converter;
    /** By id, in the form that relaxed binding tells names apart by. */
    private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();

    /** What is said about one listener, whose id is spelt as in the source that comes first. */
    private record Endpoint(String id, Map<ListenerSetting<?>, String> texts) {}

    /**
     * @param properties by the name that follows {@code endpoints.}; of two spellings the first one holds, as it is that of
     *            the source with precedence
     * @throws InvalidZeroIpcPropertyException when one names no setting
     */
    PropertiesListenerOverrides(Map<String, String> properties, BeanFactory beanFactory) {
        this.converter = new ListenerSettingConverter(beanFactory);
        Map<String, ListenerSetting<?>> settings = new HashMap<>();
        ListenerSettings.ALL.forEach(setting -> settings.put(relaxed(setting.property()), setting));
        properties.forEach((key, text) -> add(key, text, settings));
    }

    private void add(String key, String text, Map<String, ListenerSetting<?>> settings) {
        // The longest name counts: a setting may have dots in its name, too.
        for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
            ListenerSetting<?> setting = settings.get(relaxed(key.substring(dot + 1)));
            if (setting != null) {
                String id = key.substring(0, dot);
                endpoints.computeIfAbsent(relaxed(id), _ -> new Endpoint(id, new LinkedHashMap<>()))
                        .texts()
                        .putIfAbsent(setting, text);
                return;
            }
        }
        throw unknown(key, text);
    }

    private static InvalidZeroIpcPropertyException unknown(String key, String text) {
        int dot = key.lastIndexOf('.');
        List<String> known = ListenerSettings.ALL.stream().map(ListenerSetting::property).sorted().toList();
        String wrong = key.substring(dot + 1);
        String near = NearMatches.question(wrong, known);
        String property = dot < 0
                ? PropertyNames.endpoint(key)
                : PropertyNames.endpoint(key.substring(0, dot)) + key.substring(dot);
        return new InvalidZeroIpcPropertyException(property, text, "listeners have no property '" + wrong + "'",
                near.isEmpty()
                        ? "Write the id of a listener, a dot, and one of " + String.join(", ", known) + "."
                        : near.strip());
    }

    @Override
    public ListenerSettings settingsOf(String listenerId) {
        ListenerSettings settings = new ListenerSettings();
        Endpoint endpoint = endpoints.get(relaxed(listenerId));
        if (endpoint != null) {
            endpoint.texts().forEach((setting, text) -> {
                if (!text.isBlank()) {
                    apply(endpoint.id(), setting, text, settings);
                }
            });
        }
        return settings;
    }

    private void apply(String id, ListenerSetting<?> setting, String text, ListenerSettings settings) {
        try {
            converter.apply(setting, text, settings);
        } catch (InvalidSettingException e) {
            throw InvalidZeroIpcPropertyException.of(PropertyNames.endpoint(id) + "." + setting.property(), e);
        }
    }

    @Override
    public List<String> unusedIds(Collection<String> listenerIds) {
        List<String> known = listenerIds.stream().map(PropertiesListenerOverrides::relaxed).toList();
        return endpoints.entrySet()
                .stream()
                .filter(entry -> !known.contains(entry.getKey()))
                .map(entry -> entry.getValue().id())
                .toList();
    }

    /** Of environment variables only letters, digits and dots are left. */
    private static String relaxed(String name) {
        return name.replaceAll("[^\\p{Alnum}.]", "").toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return PropertyNames.ENDPOINTS;
    }
}
