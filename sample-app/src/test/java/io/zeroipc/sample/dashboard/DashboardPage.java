package io.zeroipc.sample.dashboard;

import java.util.List;

import io.zeroipc.testing.Browser;

/** The page in a browser, as somebody sees and uses it. */
record DashboardPage(Browser browser) implements AutoCloseable {

    static DashboardPage start() {
        return new DashboardPage(Browser.start());
    }

    /** Opens the page anew, in light colours and on a desk. */
    void open(int port) {
        browser.open("http://localhost:" + port + "/");
    }

    @Override
    public void close() {
        browser.close();
    }

    /** {@code live}, {@code connecting} or {@code reconnecting}. */
    String connection() {
        return text("#connection");
    }

    String text(String selector) {
        return browser.text(selector);
    }

    String publisherState() {
        return browser.string("return document.getElementById('publisher').dataset.state");
    }

    /** The row of a structure. */
    static String row(String structure) {
        return "tbody[data-path='telemetry/" + structure + "']";
    }

    /** Elements that the page shows for a structure; -1 before it shows any. */
    long depth(String structure) {
        return (Long) browser.script("""
                const row = document.querySelector(arguments[0]);
                return row ? Number(row.dataset.count) : -1;
                """, row(structure));
    }

    String listenerState(String id) {
        return browser.string(
                "return document.querySelector(`#listeners li[data-key='${arguments[0]}']`)?.dataset.state", id);
    }

    /** Digits of a text such as {@code 1 234 taken}. */
    long taken(String listener) {
        String counts = text("#listeners li[data-key='" + listener + "'] .counts");
        return Long.parseLong("0" + counts.replaceAll("taken.*", "").replaceAll("\\D", ""));
    }

    void clickButton(String listener) {
        browser.click("button[data-listener='" + listener + "']");
    }

    /** The content of a chart, to see that it changes. */
    String picture(String chart) {
        return browser.string("return document.querySelector(`[data-chart=${arguments[0]}] canvas`).toDataURL()",
                chart);
    }

    List<Long> background(String selector) {
        return browser.background(selector);
    }
}
