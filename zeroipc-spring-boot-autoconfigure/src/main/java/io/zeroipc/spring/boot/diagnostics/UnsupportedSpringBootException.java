package io.zeroipc.spring.boot.diagnostics;

/** The Spring Boot on the class path is not one that this version of ZeroIPC works with. */
class UnsupportedSpringBootException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String found;
    private final String supported;

    UnsupportedSpringBootException(String found, String supported) {
        super("Spring Boot is not supported: version=" + found + " (expected: " + supported + ")");
        this.found = found;
        this.supported = supported;
    }

    String found() {
        return found;
    }

    String supported() {
        return supported;
    }
}
