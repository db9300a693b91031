package io.zeroipc.test;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Prints its arguments, then every line it is sent; the line {@code end} makes it end with status 3. */
final class EchoPeer {

    private EchoPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("arguments=" + List.of(arguments));
        System.out.println("colour=" + System.getProperty("colour"));
        System.err.println("on standard error");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shut down")));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("end")) {
                System.exit(3);
            }
            System.out.println("echo " + line);
        }
    }
}
