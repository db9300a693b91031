package io.zeroipc.spring.core;

/** Changes a template that was configured by properties, before its first use. Beans of this type are called in order. */
@FunctionalInterface
public interface ZeroIpcTemplateCustomizer {

    void customize(ZeroIpcTemplate template);
}
