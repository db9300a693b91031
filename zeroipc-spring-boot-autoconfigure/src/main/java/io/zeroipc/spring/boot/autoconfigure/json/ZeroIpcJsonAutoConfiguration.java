package io.zeroipc.spring.boot.autoconfigure.json;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.spring.boot.autoconfigure.ZeroIpcAutoConfiguration;
import io.zeroipc.spring.converter.JsonPayloadConverter;
import io.zeroipc.spring.converter.PayloadConverters;

/** {@link EnableAutoConfiguration Auto-configuration} of payloads in JSON, where the application has a mapper for it. */
@AutoConfiguration(after = ZeroIpcAutoConfiguration.class,
        afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnClass(JsonMapper.class)
@ConditionalOnBean(PayloadConverters.class)
public final class ZeroIpcJsonAutoConfiguration {

    ZeroIpcJsonAutoConfiguration() {
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(JsonMapper.class)
    JsonPayloadConverter zeroIpcJsonPayloadConverter(ObjectProvider<JsonMapper> mapper) {
        return new JsonPayloadConverter(SingletonSupplier.of(mapper::getObject));
    }
}
