package io.zeroipc.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What types are written in. */
public enum Language {

    /** A header in C++17: structs, and a {@code static_assert} of each size, alignment and offset. */
    CPP,

    /** A header in C11: the same with {@code _Static_assert}. */
    C,

    /** A module for Python 3.9 and newer: {@code ctypes} structures and, where NumPy is there, dtypes; compared at import. */
    PYTHON,

    /** A module in TypeScript: a class on a {@code DataView} for each record, and the offsets. */
    TYPESCRIPT,

    /** A module in Rust 1.77 and newer: {@code repr(C)} structs, compared when they are compiled. */
    RUST,

    /** Records with the annotations that give them this layout. */
    JAVA;

    /** As it stands on command lines: {@code cpp}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The language of a {@link #label()}; empty when there is none. */
    public static Optional<Language> of(String label) {
        return Arrays.stream(values()).filter(language -> language.label().equals(label)).findFirst();
    }

    /** All {@linkplain #label() labels}, for messages. */
    public static String labels() {
        return Arrays.stream(values()).map(Language::label).collect(Collectors.joining(", "));
    }

    /** Of files, without the dot: {@code hpp}. */
    public String extension() {
        return switch (this) {
            case CPP -> "hpp";
            case C -> "h";
            case PYTHON -> "py";
            case TYPESCRIPT -> "ts";
            case RUST -> "rs";
            case JAVA -> "java";
        };
    }

    TypeWriter writer() {
        return switch (this) {
            case CPP -> new CppWriter();
            case C -> new CWriter();
            case PYTHON -> new PythonWriter();
            case TYPESCRIPT -> new TypeScriptWriter();
            case RUST -> new RustWriter();
            case JAVA -> new JavaWriter();
        };
    }
}
