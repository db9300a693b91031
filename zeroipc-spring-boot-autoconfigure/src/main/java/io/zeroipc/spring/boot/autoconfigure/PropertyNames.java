package io.zeroipc.spring.boot.autoconfigure;

/** Full names of properties, for messages. */
final class PropertyNames {

    static final String PREFIX = "zeroipc";
    static final String SEGMENTS = PREFIX + ".segments";
    static final String ARENAS = PREFIX + ".arenas";
    static final String LISTENER = PREFIX + ".listener";
    static final String ENDPOINTS = LISTENER + ".endpoints";

    private PropertyNames() {
    }

    static String segment(String segment) {
        return SEGMENTS + element(segment);
    }

    static String structure(String segment, String structure) {
        return segment(segment) + ".structures" + element(structure);
    }

    static String arena(String arena) {
        return ARENAS + element(arena);
    }

    static String array(String arena, String array) {
        return arena(arena) + ".arrays" + element(array);
    }

    static String endpoint(String listenerId) {
        return ENDPOINTS + element(listenerId);
    }

    /** As it has to be written: Boot drops what is neither letter, digit nor dash unless it stands in brackets. */
    private static String element(String key) {
        return PropertyKeys.isPlain(key) ? "." + key : "[" + key + "]";
    }
}
