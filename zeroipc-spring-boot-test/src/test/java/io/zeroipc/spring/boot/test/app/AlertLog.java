package io.zeroipc.spring.boot.test.app;

import org.springframework.messaging.handler.annotation.Header;
import org.springframework.stereotype.Component;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ZeroIpcHeaders;

/** Takes alerts; has no patience with negative ones. */
@Component
public class AlertLog {

    @ChannelListener(id = "alert-log", channels = "host/alerts")
    void onAlert(Alert alert, @Header(ZeroIpcHeaders.STRUCTURE) String structure) {
        if (alert.level() < 0) {
            throw new IllegalArgumentException("negative level: level=" + alert.level() + ", from=" + structure);
        }
    }
}
