package io.zeroipc.spring.boot.kafka.outbound;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.boot.autoconfigure.InvalidZeroIpcPropertyException;
import io.zeroipc.spring.boot.kafka.BridgeDefinition;
import io.zeroipc.spring.core.NearMatches;

/** The key of an element's record: one component of the element as text, read without decoding the rest. Thread-safe. */
final class ElementKey {

    /** What the names of byte arrays begin with, of one length each or of any up to one. */
    private static final String BYTES = "bytes(";

    private final String name;
    private final int offset;
    private final Codec<Map<String, @Nullable Object>> codec;

    private ElementKey(String name, int offset, Codec<Map<String, @Nullable Object>> codec) {
        this.name = name;
        this.offset = offset;
        this.codec = codec;
    }

    /**
     * Finds a component.
     *
     * @param component its name; of a component within a component with a dot, {@code instrument.symbol}
     * @throws InvalidZeroIpcPropertyException when elements have no such component, or it has no text
     */
    static ElementKey of(BridgeDefinition definition, String component, ElementSchema schema) {
        List<ElementSchema.Field> fields = schema.fields();
        int offset = 0;
        ElementSchema.Field found = null;
        for (String step : component.split("\\.", -1)) {
            found = fields.stream().filter(field -> field.name().equals(step)).findFirst().orElse(null);
            if (found == null) {
                throw unknown(definition, component, schema, fields);
            }
            offset += found.offset();
            ElementSchema nested = found.nested();
            fields = nested == null ? List.of() : nested.fields();
        }
        if (found == null || found.nested() != null || found.count() != 1) {
            throw new InvalidZeroIpcPropertyException(definition.property("key"), component,
                    "component is no single value: type=" + schema.typeName(),
                    "Choose a number, a text or another single value.");
        }
        return new ElementKey(found.name(), offset, codec(definition, component, found));
    }

    private static InvalidZeroIpcPropertyException unknown(BridgeDefinition definition, String component,
            ElementSchema schema, List<ElementSchema.Field> fields) {
        List<String> names = fields.stream().map(ElementSchema.Field::name).toList();
        String near = NearMatches.question(component, names);
        return new InvalidZeroIpcPropertyException(definition.property("key"), component,
                "elements have no such component: type=" + schema.typeName(),
                !near.isEmpty()
                        ? near.strip()
                        : names.isEmpty()
                                ? "Remove it: only records have components."
                        : "Components are: " + String.join(", ", names) + ".");
    }

    @SuppressWarnings("unchecked") // what has fields is a map of them
    private static Codec<Map<String, @Nullable Object>> codec(BridgeDefinition definition, String component,
            ElementSchema.Field field) {
        if (field.typeName().startsWith(BYTES)) {
            throw noText(definition, component, field, null);
        }
        ElementSchema alone = new ElementSchema(component, field.byteSize(), 1, List.of(new ElementSchema.Field(
                field.name(), field.typeName(), 0, field.byteSize(), 1, field.constants(), null)));
        try {
            return (Codec<Map<String, @Nullable Object>>) Codecs.schema(alone);
        } catch (IllegalArgumentException e) {
            throw noText(definition, component, field, e);
        }
    }

    private static InvalidZeroIpcPropertyException noText(BridgeDefinition definition, String component,
            ElementSchema.Field field, @Nullable IllegalArgumentException cause) {
        return new InvalidZeroIpcPropertyException(definition.property("key"), component,
                "component has no text: type=" + field.typeName(), "Choose a number, a text or another single value.",
                cause);
    }

    /** In UTF-8; null where the component has no value. */
    byte @Nullable [] of(byte[] element) {
        Object value = codec.fromBytes(Arrays.copyOfRange(element, offset, offset + codec.byteSize())).get(name);
        return value == null ? null : String.valueOf(value).getBytes(StandardCharsets.UTF_8);
    }
}
