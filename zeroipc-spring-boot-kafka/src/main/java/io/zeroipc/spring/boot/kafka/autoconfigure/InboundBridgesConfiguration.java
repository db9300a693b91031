package io.zeroipc.spring.boot.kafka.autoconfigure;

import org.springframework.context.annotation.Configuration;

/** What bridges from topics need. */
@Configuration(proxyBeanMethods = false)
class InboundBridgesConfiguration {
}
