package plant;

import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.dsl.IntegrationFlow;

import io.zeroipc.spring.integration.dsl.ZeroIpc;

@Configuration
class Gateways {

    @Bean
    IntegrationFlow ask() {
        return flow -> flow
                .handle(ZeroIpc.outboundGateway("plant/questions")
                        .replyType(String.class)
                        .replyTimeout(Duration.ofSeconds(5)))
                .channel("answers");
    }

    @Bean
    IntegrationFlow answer() {
        return IntegrationFlow.from(ZeroIpc.inboundGateway("plant/questions", String.class).id("answering"))
                .<String>handle((question, headers) -> "no " + question)
                .get();
    }
}
