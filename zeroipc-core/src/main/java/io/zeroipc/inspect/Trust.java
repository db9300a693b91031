package io.zeroipc.inspect;

/** How a report knows what a structure is. The format stores no type, so this is part of the answer. */
public enum Trust {
    /** This process opened or created it, or its creator wrote its type into the catalogue. */
    DECLARED,
    /** Its bytes and names fit one kind and nothing else. */
    RECOGNISED,
    /** Its bytes fit the candidates named, and could be something else. */
    POSSIBLE,
    /** Nothing is known but where it lies. */
    OPAQUE
}
