package io.zeroipc.sample;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static io.zeroipc.sample.Patiently.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A grid that C++ writes, served by the application and drawn by NumPy, while it changes and afterwards. */
@Tag("process")
class PlateTests {

    @TempDir
    Path directory;

    private static String peer(String name) {
        return Repository.root().resolve("sample-app/peers").resolve(name).toString();
    }

    @Test
    void plateWhenCppHeatsItIsServedByJavaAndDrawnByNumPy() throws Exception {
        String python = Requirements.python("numpy").toString();
        String heat = directory.resolve("heat").toString();
        run(Requirements.program("g++").toString(), "-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-o", heat,
                peer("heat.cpp"));
        Path manifest = directory.resolve("plate.json");
        Process writer = new ProcessBuilder(heat, manifest.toString()).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(writer.inputReader().readLine()).startsWith("a plate of 120 by 160");
            try (ConfigurableApplicationContext application = new SpringApplicationBuilder(SampleApplication.class)
                    .run("--server.port=0", "--sample.publisher.enabled=false", "--zeroipc.base-directory=" + directory,
                            "--zeroipc.arenas.heat.manifest=" + manifest, "--zeroipc.arenas.heat.mode=read-only")) {
                int port = Integer.parseInt(
                        String.valueOf(application.getEnvironment().getProperty("local.server.port")));
                long first = Http.get(port, "/plate").get("step").asLong();
                await().until(() -> Http.get(port, "/plate").get("step").asLong() > Math.max(first, 400));
                JsonNode changing = Http.get(port, "/plate");
                assertThat(changing.get("shape").toString()).isEqualTo("[120,160]");
                assertThat(changing.get("mean").asDouble()).isPositive();
                assertThat(Http.get(port, "/actuator/zeroipc/heat").at("/arrays/plate/elementType").asString())
                        .isEqualTo("float64");

                writer.outputWriter().close();
                assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(writer.exitValue()).isZero();
                Path picture = directory.resolve("plate.png");
                JsonNode drawn = Http.parse(run(python, peer("heat_numpy.py"), manifest.toString(), "plate",
                        picture.toString()));
                JsonNode served = Http.get(port, "/plate");
                assertThat(served.get("mean").asDouble()).isCloseTo(drawn.get("mean").asDouble(), within(1e-9));
                assertThat(served.get("hottest").toString()).isEqualTo(drawn.get("hottest").toString());
                checkPicture(picture, served.get("hottest"));
                keep(picture);
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /** Cold at the rim, white where it is hottest, and neither of them everywhere. */
    private static void checkPicture(Path picture, JsonNode hottest) throws Exception {
        BufferedImage image = ImageIO.read(picture.toFile());
        assertThat(image.getWidth()).isEqualTo(640);
        assertThat(image.getHeight()).isEqualTo(480);
        assertThat(image.getRGB(0, 0) & 0xFFFFFF).isZero();
        assertThat(image.getRGB(hottest.get(1).asInt() * 4, hottest.get(0).asInt() * 4) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        assertThat(IntStream.range(0, 640 * 480)
                .map(at -> image.getRGB(at % 640, at / 640))
                .distinct()
                .count()).isGreaterThan(100);
    }

    /** For people, who look at it; where the build puts what it makes. */
    private static void keep(Path picture) throws Exception {
        Path target = Repository.root().resolve("sample-app/target");
        if (Files.isDirectory(target)) {
            Files.copy(picture, target.resolve("plate.png"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }
}
