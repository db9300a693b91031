package io.zeroipc.spring.core;

/** How a declared structure comes into being. */
public enum StructureMode {

    /** Opens it when it exists and creates it otherwise. */
    OPEN_OR_CREATE,
    /** Opens it; that it does not exist is an error. */
    OPEN,
    /** Creates it; that it exists is an error. */
    CREATE
}
