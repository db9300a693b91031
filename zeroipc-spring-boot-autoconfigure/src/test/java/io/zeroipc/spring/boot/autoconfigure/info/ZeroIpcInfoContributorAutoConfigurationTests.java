package io.zeroipc.spring.boot.autoconfigure.info;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.autoconfigure.info.InfoEndpointAutoConfiguration;
import org.springframework.boot.actuate.info.InfoEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.boot.actuate.info.ZeroIpcInfoContributor;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class ZeroIpcInfoContributorAutoConfigurationTests {

    private static final String TRADES = "zeroipc.segments.market.structures.trades.";

    @TempDir
    private Path directory;

    private ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ZeroIpcAutoConfiguration.class,
                        ZeroIpcInfoContributorAutoConfiguration.class, InfoEndpointAutoConfiguration.class))
                .withPropertyValues("zeroipc.base-directory=" + directory, TRADES + "type=queue",
                        TRADES + "element-type=int32", TRADES + "capacity=16",
                        "management.endpoints.jmx.exposure.include=info", "spring.jmx.enabled=true");
    }

    @Test
    void infoNamesSegmentsStructuresAndListenersAndNoPath() {
        runner().withUserConfiguration(Listening.class).run(context -> {
            Map<String, Object> info = context.getBean(InfoEndpoint.class).info();
            assertThat(info).containsOnlyKeys("zeroipc");
            assertThat(info.get("zeroipc")).asString()
                    .contains("segments={market={trades=queue}}")
                    .contains("listeners=" + List.of("trades"))
                    .doesNotContain(directory.toString());
        });
    }

    @Test
    void contributorWhenSwitchedOffIsAbsent() {
        runner().withPropertyValues("management.info.zeroipc.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ZeroIpcInfoContributor.class));
        runner().withPropertyValues("management.info.defaults.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ZeroIpcInfoContributor.class));
        runner().withPropertyValues("zeroipc.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ZeroIpcInfoContributor.class));
    }

    static class Listening {

        @ChannelListener(id = "trades", channels = "market/trades")
        void on(int trade) {
        }
    }
}
