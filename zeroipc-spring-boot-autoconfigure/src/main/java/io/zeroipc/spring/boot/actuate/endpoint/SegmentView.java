package io.zeroipc.spring.boot.actuate.endpoint;

import org.jspecify.annotations.Nullable;

import io.zeroipc.export.Language;

/** What to show of one segment. */
public enum SegmentView {
    /** State, size and structures as they are now. */
    SUMMARY(null),
    /** The same, and of each structure the details of its kind. */
    DETAILS(null),
    /** Where everything lies, for programs that map the file: {@code docs/format/manifest.md}. */
    MANIFEST(null),
    /** The types of its elements, as a header in C++. */
    CPP(Language.CPP),
    /** The types of its elements, as a header in C. */
    C(Language.C),
    /** The types of its elements, as a module in Python. */
    PYTHON(Language.PYTHON),
    /** The types of its elements, as a module in TypeScript. */
    TYPESCRIPT(Language.TYPESCRIPT),
    /** The types of its elements, as a module in Rust. */
    RUST(Language.RUST),
    /** The types of its elements, as records in Java. */
    JAVA(Language.JAVA);

    private final @Nullable Language language;

    SegmentView(@Nullable Language language) {
        this.language = language;
    }

    /** What its types are written in; null for a view that is none of types. */
    @Nullable
    Language language() {
        return language;
    }

    /** Whether it is a text about one segment, and none about all of them. */
    boolean isText() {
        return this == MANIFEST || language != null;
    }
}
