package io.zeroipc.spring.boot.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * Ends the start of an application with another Spring Boot before anything of ours is loaded that does not fit it: the
 * linkage error would not say what to do. Refers to nothing that an older Spring Boot does not have.
 */
class SpringBootVersionCheck implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    private static final String MAJOR = "4";

    private final @Nullable String version;

    SpringBootVersionCheck() {
        this(SpringBootVersion.getVersion());
    }

    /** @param version that is there; null when it is not known */
    SpringBootVersionCheck(@Nullable String version) {
        this.version = version;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        if (version != null && !version.startsWith(MAJOR + ".")) {
            throw new UnsupportedSpringBootException(version, MAJOR + ".x");
        }
    }
}
