package io.zeroipc.interop;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.codec.Scale;

/** Every identifier, time and decimal that a record may have, and both ways to store that there is none. */
record Deal(UUID id, Instant at, Duration took, LocalDate due, LocalDateTime shown, @Scale(2) BigDecimal price,
        @Absent @Nullable UUID parent, @Absent @Nullable Instant settled, @Absent @Nullable LocalDate expiry,
        @Absent @Scale(4) @Nullable BigDecimal fee, @Absent @Nullable Double weight, @Absent @Nullable Short lot,
        @Absent(Absent.By.FLAG) @Nullable Integer venue, @Absent(Absent.By.FLAG) @Nullable Instant seen,
        @Absent(Absent.By.FLAG) @Scale(3) @Nullable BigDecimal rebate,
        @Absent(Absent.By.FLAG) @Length(5) @Nullable String note,
        Span span) {

    /** A record inside, whose end may be absent. */
    record Span(Duration from, @Absent @Nullable Duration to) {}

    private static final String NONE = "none";
    private static final DateTimeFormatter NANOS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS",
            Locale.ROOT);
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final Instant LEAST = Instant.parse("1677-09-21T00:12:43.145224193Z");
    private static final Instant MOST = Instant.parse("2262-04-11T23:47:16.854775807Z");

    static final Kind<Deal> KIND = new Kind<>("deal", Codecs.record(Deal.class),
            List.of(full(ID, Instant.parse("2026-10-25T01:30:00.123456789Z"), LocalDate.of(2024, 2, 29), "12.50"),
                    full(new UUID(-1, -1), Instant.parse("1969-12-31T23:59:59.999999999Z"), LocalDate.of(1969, 12, 31),
                            "-0.01"),
                    full(new UUID(0, 0), LEAST, LocalDate.of(1, 1, 1), "92233720368547758.07"),
                    full(new UUID(1, 2), MOST, LocalDate.of(9999, 12, 31), "-92233720368547758.07"),
                    empty(5), empty(-6), full(ID, Instant.EPOCH, LocalDate.EPOCH, "0.00"), empty(8)),
            Deal::parse);

    private static Deal full(UUID id, Instant at, LocalDate day, String price) {
        Duration took = Duration.between(Instant.EPOCH, at);
        return new Deal(id, at, took, day, LocalDateTime.ofInstant(at, ZoneOffset.UTC), new BigDecimal(price), ID, at,
                day,
                new BigDecimal("0.0001"), -0.5, (short) -7, -1, at, new BigDecimal("-1.500"), "\u00b5s",
                new Span(took, took));
    }

    private static Deal empty(int number) {
        return new Deal(new UUID(number, number), Instant.ofEpochSecond(number), Duration.ofMillis(number),
                LocalDate.ofEpochDay(number), LocalDateTime.of(2026, 3, 29, 2, 30), BigDecimal.valueOf(number, 2), null,
                null, null, null, null, null, null, null, null, null, new Span(Duration.ZERO, null));
    }

    /** As peers write it. */
    static Deal parse(String text) {
        String[] parts = text.split("/");
        return new Deal(UUID.fromString(parts[0]), instant(parts[1]), duration(parts[2]), LocalDate.parse(parts[3]),
                LocalDateTime.parse(parts[4], NANOS), new BigDecimal(parts[5]), or(parts[6], UUID::fromString),
                or(parts[7], Deal::instant), or(parts[8], LocalDate::parse), or(parts[9], BigDecimal::new),
                or(parts[10], Double::valueOf), or(parts[11], Short::valueOf), or(parts[12], Integer::valueOf),
                or(parts[13], Deal::instant), or(parts[14], BigDecimal::new), or(parts[15], note -> note),
                new Span(duration(parts[16]), or(parts[17], Deal::duration)));
    }

    private static <T> @Nullable T or(String text, Function<String, T> parser) {
        return text.equals(NONE) ? null : parser.apply(text);
    }

    private static Instant instant(String text) {
        return LocalDateTime.parse(text, NANOS).toInstant(ZoneOffset.UTC);
    }

    private static Duration duration(String text) {
        return Duration.ofNanos(Long.parseLong(text));
    }

    /** As peers read it: times with all nine digits, durations in nanoseconds. */
    @Override
    public String toString() {
        return Stream
                .of(id, at, took, due, shown, price, parent, settled, expiry, fee, weight, lot, venue, seen, rebate,
                        note, span.from, span.to)
                .map(Deal::text)
                .collect(Collectors.joining("/"));
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> NONE;
            case Instant instant -> NANOS.format(instant.atOffset(ZoneOffset.UTC));
            case LocalDateTime time -> NANOS.format(time);
            case Duration duration -> Long.toString(duration.toNanos());
            case BigDecimal decimal -> decimal.toPlainString();
            default -> value.toString();
        };
    }
}
