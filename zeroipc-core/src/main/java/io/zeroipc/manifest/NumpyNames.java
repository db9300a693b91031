package io.zeroipc.manifest;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Names of plain types as {@code numpy.dtype()} takes them: {@code float64}, {@code double}, {@code f8}, {@code <f8},
 * {@code d}. Where a C compiler decides how wide a type is, it is what NumPy 2 takes it for on Linux.
 */
final class NumpyNames {

    /** What may have a byte order in front of it: the letters and the sized forms. Words have none. */
    private static final Pattern SHORT = Pattern.compile("([<>|=]?)([?a-zA-Z]|[biufSV][0-9]{1,9}|[Mm]8\\[[a-zA-Z]+])");

    private static final Map<String, String> SHORT_NAMES = new HashMap<>();
    private static final Map<String, String> WORDS = new HashMap<>();

    static {
        name("bool", "? b1", "bool bool_");
        name("int8", "b i1", "int8 byte");
        name("uint8", "B u1", "uint8 ubyte");
        name("int16", "h i2", "int16 short");
        name("uint16", "H u2", "uint16 ushort");
        name("int32", "i i4", "int32 intc");
        name("uint32", "I u4", "uint32 uintc");
        name("int64", "l q p n i8", "int64 int int_ long longlong intp");
        name("uint64", "L Q P N u8", "uint64 uint ulong ulonglong uintp");
        name("float32", "f f4", "float32 single");
        name("float64", "d f8", "float64 double float");
        // NumPy has no zones, and says that its times are UTC.
        name("instant", "M8[ns]", "datetime64[ns]");
        name("duration", "m8[ns]", "timedelta64[ns]");
        name("date", "M8[D]", "datetime64[D]");
    }

    private NumpyNames() {
    }

    private static void name(String type, String shortNames, String words) {
        for (String shortName : shortNames.split(" ")) {
            SHORT_NAMES.put(shortName, type);
        }
        for (String word : words.split(" ")) {
            WORDS.put(word, type);
        }
    }

    /** The name in the vocabulary of the codecs; null when it is no plain type, or one that Java has none for. */
    static @Nullable String find(String text) {
        String word = WORDS.get(text);
        if (word != null) {
            return word;
        }
        Matcher matcher = SHORT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String name = matcher.group(2);
        String plain = SHORT_NAMES.get(name);
        if (plain != null || name.length() == 1) {
            return plain;
        }
        int size = name.charAt(0) == 'S' || name.charAt(0) == 'V' ? Integer.parseInt(name.substring(1)) : 0;
        return size == 0 ? null : (name.charAt(0) == 'S' ? "string(" : "bytes(") + size + ")";
    }

    /** Whether this says that the high byte comes first, of something that has more than one. */
    static boolean isBigEndian(String text) {
        if (!text.startsWith(">")) {
            return false;
        }
        String type = find(text);
        return type == null || !(type.endsWith("int8") || type.equals("bool") || type.indexOf('(') >= 0);
    }
}
