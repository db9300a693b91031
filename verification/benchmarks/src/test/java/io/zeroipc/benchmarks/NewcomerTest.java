package io.zeroipc.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** The applications of {@code docs/guide/coming-from.md} that a broker can be embedded for, and ours of getting started beside them. */
@Tag("process")
class NewcomerTest {

    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    @TempDir
    Path directory;

    @Test
    void shouldReceiveWhatTheOtherSendsInBothWays() throws Exception {
        Project kafkaSender = project("docs/guide/coming-from.md", "kafka/sender/Sender.java",
                "kafka/sender/application.yml");
        Project kafkaReceiver = project("docs/guide/coming-from.md", "kafka/receiver/Receiver.java",
                "kafka/receiver/application.yml");
        String configuration = "src/main/resources/application.yml";
        Project ourSender = project("docs/guide/getting-started.md", "src/main/java/sender/Sender.java", configuration);
        Project ourReceiver = project("docs/guide/getting-started.md", "src/main/java/receiver/Receiver.java",
                configuration);
        Map<String, Object> ours = Map.of("zeroipc.base-directory", directory);
        EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1);
        broker.afterPropertiesSet();
        try {
            Map<String, Object> theirs = Map.of("spring.kafka.bootstrap-servers", broker.getBrokersAsString());
            run("kafka", kafkaReceiver, kafkaSender, theirs);
            run("zeroipc", ourReceiver, ourSender, ours);
        } finally {
            broker.destroy();
        }
    }

    /** Both at once; says how long it took to what was received. */
    private void run(String name, Project receiver, Project sender, Map<String, Object> properties) throws Exception {
        long began = System.nanoTime();
        PeerProcess receiving = peers.start(receiver.process(properties));
        PeerProcess sending = peers.start(sender.process(properties));
        receiving.await("received 21.5");
        System.out.println(name + ": " + (System.nanoTime() - began) / 1_000_000
                + " ms from the start of both to the element");
        assertThat(sending.join()).isZero();
        receiving.kill();
    }

    private record Project(String main, Path classes) {

        PeerProcess.Builder process(Map<String, Object> properties) {
            return PeerProcess.of(main)
                    .withClassPath(classes + File.pathSeparator + System.getProperty("java.class.path"))
                    .withSystemProperties(properties);
        }
    }

    /** What a page shows under these names. */
    private Project project(String page, String source, String configuration) throws IOException {
        Path sources = Files.createTempDirectory(directory, "project");
        Path file = sources.resolve(source.replaceFirst(".*/", ""));
        Files.writeString(file, block(page, source));
        Path classes = Files.createDirectory(sources.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertThat(compiler.run(null, null, null, "-parameters", "-proc:none", "-cp",
                System.getProperty("java.class.path"), "-d", classes.toString(), file.toString())).isZero();
        Files.writeString(classes.resolve("application.yml"), block(page, configuration));
        String type = source.replaceFirst(".*/", "").replace(".java", "");
        return new Project(type.toLowerCase(Locale.ROOT) + "." + type, classes);
    }

    private static String block(String page, String name) {
        Matcher block = Pattern.compile("`" + Pattern.quote(name) + "`:\\n\\n```\\w+\\n(.*?)```", Pattern.DOTALL)
                .matcher(Repository.read(page));
        assertThat(block.find()).as(name + " in " + page).isTrue();
        return block.group(1);
    }
}
