package io.zeroipc.spring.boot.diagnostics;

import java.util.List;

/** How analyses list what can be done. */
final class Ways {

    private Ways() {
    }

    static String list(String introduction, List<String> ways) {
        StringBuilder text = new StringBuilder(introduction).append('\n');
        ways.forEach(way -> text.append("\n    - ").append(way));
        return text.toString();
    }
}
