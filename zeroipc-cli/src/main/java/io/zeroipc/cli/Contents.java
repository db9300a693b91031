package io.zeroipc.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.cli.Columns.Cell;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.inspect.Preview;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;

/**
 * What is in a structure; takes nothing out. Elements come from the bytes, where their places are known to the inspector, and
 * otherwise from the structure itself, where all its types are known.
 *
 * @param heading of what tells items apart, in capitals; empty where there is one value at most
 * @param total how many there are; more than the items where there are many
 */
record Contents(String heading, long total, List<Item> items) {

    private static final String VERSION = "VERSION";

    Contents {
        items = List.copyOf(items);
    }

    /**
     * @param at position or key; null where there is one value at most
     * @param value as its codec has it
     */
    record Item(@Nullable Object at, Object value) {

        Map<String, @Nullable Object> toJson(String heading) {
            Map<String, @Nullable Object> object = new LinkedHashMap<>();
            if (at != null) {
                object.put(heading, Figures.json(at));
            }
            object.put("value", Figures.json(value));
            return object;
        }
    }

    /** Empty where nothing can be shown: there are no values, or their types are not known. */
    static Optional<Contents> of(Segment segment, StructureReport report, int max) {
        Optional<Preview> preview = Preview.of(segment, report, max);
        if (preview.isPresent()) {
            return Optional.of(new Contents(report.kind().equals("state") ? VERSION : "POSITION", preview.get().total(),
                    preview.get().elements().stream().map(each -> new Item(each.position(), each.value())).toList()));
        }
        if (report.trust() != Trust.DECLARED || report.schema() == null) {
            return Optional.empty();
        }
        Structure structure;
        try {
            structure = segment.opened().get(report.name());
            if (structure == null) {
                structure = new Declared().open(segment, report.name(), false).structure();
            }
        } catch (ZeroIpcException | IllegalArgumentException e) {
            // It has gone meanwhile, or its elements are those of an application's own codec.
            return Optional.empty();
        }
        return switch (structure) {
            case SharedMap<?, ?> map -> {
                List<Item> items = new ArrayList<>();
                map.forEach((key, value) -> add(items, max, new Item(key, value)));
                yield Optional.of(new Contents("KEY", map.size(), items));
            }
            case SharedSet<?> set -> {
                List<Item> items = new ArrayList<>();
                set.forEach(element -> add(items, max, new Item(null, element)));
                yield Optional.of(new Contents("", set.size(), items));
            }
            case SharedSignal<?> signal -> {
                SharedSignal.Snapshot<?> now = signal.snapshot();
                yield Optional.of(new Contents(VERSION, 1, List.of(new Item(now.version(), now.value()))));
            }
            case SharedFuture<?> future -> Optional.of(state(future));
            case SharedLazy<?> lazy -> {
                Object value = lazy.getIfComputed();
                yield Optional.of(value == null
                        ? new Contents("", 0, List.of())
                        : new Contents("", 1, List.of(new Item(null, value))));
            }
            default -> Optional.empty();
        };
    }

    private static void add(List<Item> items, int max, Item item) {
        if (items.size() < max) {
            items.add(item);
        }
    }

    private static Contents state(SharedFuture<?> future) {
        try {
            Object value = future.getNow();
            return value == null
                    ? new Contents("STATE", 0, List.of())
                    : new Contents("STATE", 1, List.of(new Item("ready", value)));
        } catch (ExecutionException e) {
            return new Contents("STATE", 1, List.of(new Item("failed", reason(e))));
        }
    }

    /** Why a future has failed. */
    static String reason(ExecutionException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause.getMessage());
    }

    /** As a table. */
    void print(Terminal terminal) {
        if (items.isEmpty()) {
            terminal.line(terminal.styled(Style.DIM, total == 0 ? "no elements" : total + " elements"));
            return;
        }
        if (total == 1 && heading.equals(VERSION) && items.getFirst().value() instanceof Map<?, ?> fields) {
            // One record that changes is read field by field, and never too long for the screen.
            Columns columns = new Columns("FIELD", "VALUE");
            fields.forEach((name, value) -> columns.row(new Cell(String.valueOf(name), Style.NAME),
                    Figures.value(value)));
            columns.print(terminal);
            return;
        }
        Columns columns = heading.isEmpty() ? new Columns("VALUE") : new Columns(">" + heading, "VALUE");
        for (Item item : items) {
            if (heading.isEmpty()) {
                columns.row(Figures.value(item.value()));
            } else {
                columns.row(Figures.value(item.at()), Figures.value(item.value()));
            }
        }
        columns.print(terminal);
        if (total > items.size()) {
            terminal.line(terminal.styled(Style.DIM, items.size() + " of " + total + " elements"));
        }
    }

    /** For a line among others: what came last, or comes next; of kinds without such an order, all items. */
    String onOneLine(String kind) {
        if (items.isEmpty()) {
            return "";
        }
        return switch (kind) {
            case "ring", "stream" -> Figures.value(items.getLast().value());
            case "array", "set" -> joined(each -> Figures.value(each.value()));
            case "map" -> joined(each -> Figures.value(each.at()) + "=" + Figures.value(each.value()));
            default -> Figures.value(items.getFirst().value());
        };
    }

    private String joined(Function<Item, String> text) {
        return items.stream().map(text).collect(Collectors.joining(" "));
    }

    List<Map<String, @Nullable Object>> toJson() {
        return items.stream().map(item -> item.toJson(heading.toLowerCase(Locale.ROOT))).toList();
    }
}
