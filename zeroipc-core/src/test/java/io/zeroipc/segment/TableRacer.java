package io.zeroipc.segment;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that adds structures as fast as it can once its parent says so. Arguments: path, own prefix, how many. */
final class TableRacer {

    private TableRacer() {
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int count = Integer.parseInt(arguments[2]);
        try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
            System.out.println("ready");
            input.readLine();
            for (int i = 0; i < count; i++) {
                segment.create(arguments[1] + i, Cell.spec(24));
            }
            Cell common = segment.openOrCreate("common", Cell.spec(8));
            System.out.println("done");
            input.readLine();
            System.out.println("common=" + common.get());
        }
    }
}
