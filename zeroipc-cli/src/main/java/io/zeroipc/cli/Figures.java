package io.zeroipc.cli;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.zeroipc.Occupancy;
import io.zeroipc.cli.Columns.Cell;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.json.Json;

/** How figures and values are written for people. */
final class Figures {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int BYTES_SHOWN = 32;

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
        if (occupancy.capacity() <= 0) {
            return new Cell("", Style.DIM);
        }
        double share = (double) occupancy.used() / occupancy.capacity();
        return new Cell("%.0f %%".formatted(share * 100),
                share >= 0.95 ? Style.BAD : share >= 0.75 ? Style.WARN : Style.GOOD);
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

    /** A value of any codec on one line. */
    static String value(Object value) {
        return switch (value) {
            case byte[] bytes -> hex(bytes);
            case String text -> text;
            case Map<?, ?> fields -> Json.write(json(fields));
            default -> value.toString();
        };
    }

    /** A value of any codec as JSON has it: bytes in hexadecimal digits. */
    static Object json(Object value) {
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Map<?, ?> fields) {
            Map<String, Object> object = new LinkedHashMap<>();
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
