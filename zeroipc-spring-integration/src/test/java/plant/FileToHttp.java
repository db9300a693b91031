package plant;

import java.io.File;
import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.Pollers;
import org.springframework.integration.dsl.Transformers;
import org.springframework.integration.file.dsl.Files;
import org.springframework.integration.http.dsl.Http;

import io.zeroipc.spring.integration.dsl.ZeroIpc;

@Configuration
class FileToHttp {

    @Bean
    IntegrationFlow filesToMemory(@Value("${plant.directory}") File directory) {
        return IntegrationFlow
                .from(Files.inboundAdapter(directory).patternFilter("*.csv"),
                        adapter -> adapter.poller(Pollers.fixedDelay(Duration.ofMillis(100))))
                .split(Files.splitter())
                .transform(String.class, Reading::of)
                .handle(ZeroIpc.outboundChannelAdapter("plant/readings").sendTimeout(Duration.ofSeconds(5)))
                .get();
    }

    @Bean
    IntegrationFlow memoryToHttp(@Value("${plant.collector}") String url) {
        return IntegrationFlow.from(ZeroIpc.messageDrivenChannelAdapter("plant/readings", Reading.class).id("toHttp"))
                .transform(Transformers.toJson())
                .handle(Http.outboundChannelAdapter(url).httpMethod(HttpMethod.POST))
                .get();
    }
}
