package io.zeroipc.spring.boot.test.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application as a user of this module has it. */
@SpringBootApplication
public class AlertApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(AlertApplication.class, arguments);
        System.out.println("started");
    }
}
