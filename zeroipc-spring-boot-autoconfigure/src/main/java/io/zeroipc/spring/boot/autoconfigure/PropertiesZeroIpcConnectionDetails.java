package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;

/** Takes the place of segments from the properties. */
class PropertiesZeroIpcConnectionDetails implements ZeroIpcConnectionDetails {

    private final ZeroIpcProperties properties;

    PropertiesZeroIpcConnectionDetails(ZeroIpcProperties properties) {
        this.properties = properties;
    }

    @Override
    public Path getBaseDirectory() {
        Path configured = properties.baseDirectory();
        return configured != null ? configured : ZeroIpcConnectionDetails.super.getBaseDirectory();
    }

    @Override
    public String getFilePrefix() {
        return properties.filePrefix();
    }
}
