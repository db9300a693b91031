package io.zeroipc.sample.dashboard;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.springframework.stereotype.Component;

import io.zeroipc.sample.Alert;

/** The last alerts, the newest first: a channel gives each once, and pages come later. */
@Component
class RecentAlerts {

    private static final int MOST = 50;

    private final Deque<Alert> alerts = new ArrayDeque<>();

    synchronized void add(Alert alert) {
        alerts.addFirst(alert);
        if (alerts.size() > MOST) {
            alerts.removeLast();
        }
    }

    synchronized List<Alert> all() {
        return List.copyOf(alerts);
    }
}
