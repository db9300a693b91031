package io.zeroipc.cli;

import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Occupancy;
import io.zeroipc.PrintableText;
import io.zeroipc.cli.Columns.Cell;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.json.Json;

/** How figures and values are written for people. */
final class Figures {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int BYTES_SHOWN = 32;
    /** Kinds that refuse elements when they are full. A ring may be one that overwrites: its bytes do not tell. */
    private static final Set<String> FILLS_UP = Set.of("queue", "stack", "channel", "map", "set", "pool");

    private Figures() {
    }

    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : "%.1f %s".formatted(value, UNITS[unit]);
    }

    /** A share of the whole, in colour from three quarters on. */
    static Cell usage(Occupancy occupancy) {
        double share = (double) occupancy.used() / occupancy.capacity();
        return usage(occupancy, share >= 0.95 ? Style.BAD : share >= 0.75 ? Style.WARN : Style.GOOD);
    }

    /** As {@link #usage(Occupancy)}; full is no warning where nothing is ever refused for it. */
    static Cell usage(StructureReport report) {
        return FILLS_UP.contains(report.kind()) ? usage(report.occupancy()) : usage(report.occupancy(), Style.GOOD);
    }

    private static Cell usage(Occupancy occupancy, Style style) {
        return occupancy.capacity() <= 0
                ? new Cell("", Style.PLAIN)
                : new Cell("%.0f %%".formatted(100.0 * occupancy.used() / occupancy.capacity()), style);
    }

    /** The figures of a structure on one line. */
    static String details(StructureReport report) {
        return report.details()
                .entrySet()
                .stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }

    static String occupancy(Occupancy occupancy) {
        return occupancy.capacity() <= 0 ? "" : occupancy.used() + " of " + occupancy.capacity();
    }

    /** The kind, with a mark where it is not certain. */
    static Cell kind(StructureReport report) {
        if (report.trust() == Trust.POSSIBLE) {
            return new Cell(String.join(" or ", report.candidates()) + " ?", Style.WARN);
        }
        return new Cell(report.kind(), report.trust() == Trust.OPAQUE ? Style.DIM : Style.GOOD);
    }

    static String trust(StructureReport report) {
        return report.trust().name().toLowerCase(Locale.ROOT);
    }

    static String element(StructureReport report) {
        if (!report.elementType().isEmpty()) {
            return report.elementType();
        }
        return report.elementSize() > 0 ? report.elementSize() + " bytes" : "";
    }

    /** A value of any codec on one line, without anything that a terminal would obey. */
    static String value(@Nullable Object value) {
        return PrintableText.of(switch (value) {
            case byte[] bytes -> hex(bytes);
            case Map<?, ?> fields -> Json.write(json(fields));
            case BigDecimal decimal -> decimal.toPlainString();
            case null, default -> String.valueOf(value);
        });
    }

    /** A value of any codec as JSON has it: bytes in hexadecimal digits. */
    static @Nullable Object json(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Map<?, ?> fields) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            fields.forEach((name, content) -> object.put(String.valueOf(name), json(content)));
            return object;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Figures::json).toList();
        }
        return value;
    }

    private static String hex(byte[] bytes) {
        HexFormat format = HexFormat.ofDelimiter(" ");
        return bytes.length <= BYTES_SHOWN
                ? format.formatHex(bytes)
                : format.formatHex(bytes, 0, BYTES_SHOWN) + " ... (" + bytes.length + " bytes)";
    }
}
