package io.zeroipc.sample.app;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

import io.zeroipc.sample.Instance;

/** Gives a second instance any free port where the main instance has the port that both are configured to use. */
@Component
@Order
class SecondInstancePort implements WebServerFactoryCustomizer<ConfigurableWebServerFactory> {

    private final MainInstance instances;
    private final int configured;

    SecondInstancePort(MainInstance instances, @Value("${server.port:8080}") int configured) {
        this.instances = instances;
        this.configured = configured;
    }

    @Override
    public void customize(ConfigurableWebServerFactory factory) {
        Instance main = instances.current();
        // 0: the main instance is just starting, most likely on the same port.
        if (!instances.isMain() && main != null && (main.port() == configured || main.port() == 0)) {
            factory.setPort(0);
        }
    }
}
