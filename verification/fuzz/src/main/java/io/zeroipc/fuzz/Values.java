package io.zeroipc.fuzz;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import java.util.random.RandomGenerator;

import io.zeroipc.codec.Codec;

/** Values of the element types, few different ones: keys are to meet again. */
final class Values {

    private static final int FEW = 8;
    private static final double[] DOUBLES = {0.0, -0.0, 1.5, -2.5, Double.MAX_VALUE, Double.NEGATIVE_INFINITY};

    private final RandomGenerator random;

    Values(RandomGenerator random) {
        this.random = random;
    }

    /** A value that the codec takes. */
    Object of(Codec<?> codec) {
        String type = codec.typeName();
        int end = type.indexOf('(');
        int length = end < 0 ? 0 : Integer.parseInt(type.substring(end + 1, type.length() - 1));
        return switch (end < 0 ? type : type.substring(0, end)) {
            case "int8" -> (byte) whole(Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "uint8" -> (int) whole(0, 0xFF);
            case "int16" -> (short) whole(Short.MIN_VALUE, Short.MAX_VALUE);
            case "uint16" -> (int) whole(0, 0xFFFF);
            case "int32" -> (int) whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "uint32" -> whole(0, 0xFFFF_FFFFL);
            case "int64", "uint64" -> whole(Long.MIN_VALUE, Long.MAX_VALUE);
            case "float32" -> (float) real();
            case "float64" -> real();
            case "bool" -> random.nextBoolean();
            case "uuid" -> new UUID(whole(Long.MIN_VALUE, Long.MAX_VALUE), random.nextInt(FEW));
            case "instant" -> Instant.ofEpochSecond(0, whole(-Long.MAX_VALUE, Long.MAX_VALUE));
            case "date" -> LocalDate.ofEpochDay(whole(LocalDate.MIN.toEpochDay(), LocalDate.MAX.toEpochDay()));
            case "decimal" -> BigDecimal.valueOf(whole(-Long.MAX_VALUE, Long.MAX_VALUE), length);
            case "bytes" -> bytes(length);
            case "frame" -> bytes(random.nextInt(length + 1));
            case "string" -> text(length);
            default -> {
                if (codec.type() != Sample.class) {
                    throw new IllegalStateException("no values of this type: type=" + type
                            + " (expected: a line for it in " + Values.class.getName() + ")");
                }
                yield new Sample((int) whole(0, FEW), random.nextBoolean() ? Sample.Side.LEFT : Sample.Side.RIGHT,
                        text(6), random.nextBoolean(), real(),
                        random.nextBoolean() ? Duration.ofNanos(whole(-Long.MAX_VALUE, Long.MAX_VALUE)) : null,
                        random.nextBoolean() ? Sample.Side.RIGHT : null);
            }
        };
    }

    private long whole(long least, long greatest) {
        return switch (random.nextInt(8)) {
            case 0 -> least;
            case 1 -> greatest;
            default -> random.nextInt(FEW);
        };
    }

    /** No NaN: as a key it is refused, rightly. */
    private double real() {
        return DOUBLES[random.nextInt(DOUBLES.length)];
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt(FEW);
        }
        return bytes;
    }

    private String text(int length) {
        return "abcdefgh".substring(0, random.nextInt(Math.min(length, FEW) + 1));
    }
}
