package plant;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.Transformers;
import org.springframework.integration.kafka.dsl.Kafka;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.KafkaHeaders;

import io.zeroipc.spring.integration.dsl.ZeroIpc;

@Configuration
class MemoryToKafka {

    @Bean
    IntegrationFlow archiveToKafka(KafkaTemplate<String, String> kafka, @Value("${plant.topic}") String topic) {
        return IntegrationFlow.from(ZeroIpc.messageDrivenChannelAdapter("plant/archive", Reading.class).id("toKafka"))
                .enrichHeaders(headers -> headers.<Reading>headerFunction(KafkaHeaders.KEY,
                        message -> String.valueOf(message.getPayload().sensor())))
                .transform(Transformers.toJson())
                .headerFilter("json*") // names of classes, which are for this process
                .handle(Kafka.outboundChannelAdapter(kafka).topic(topic).sync(true))
                .get();
    }
}
