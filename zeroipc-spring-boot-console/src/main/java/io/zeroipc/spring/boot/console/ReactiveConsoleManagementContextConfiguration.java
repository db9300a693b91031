package io.zeroipc.spring.boot.console;

import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

import io.zeroipc.spring.boot.console.Console.Content;

/** Serves the console with Spring WebFlux, beside the endpoints. */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(DispatcherHandler.class)
@ConditionalOnBean(Console.class)
class ReactiveConsoleManagementContextConfiguration {

    /** That of the endpoints: before an application's own controllers, which may have a path for everything. */
    private static final int ORDER = -100;

    @Bean
    SimpleUrlHandlerMapping zeroIpcConsoleHandlerMapping(Console console) {
        Map<String, WebHandler> handlers = new LinkedHashMap<>();
        if (console.isAccessible()) {
            handlers.put(console.path(), exchange -> redirect(console, exchange));
            console.contents()
                    .forEach((path, content) -> handlers.put(path, exchange -> serve(content.get(), exchange)));
        }
        return new SimpleUrlHandlerMapping(handlers, ORDER);
    }

    private static Mono<Void> redirect(Console console, ServerWebExchange exchange) {
        if (isRead(exchange)) {
            exchange.getResponse().setStatusCode(HttpStatus.FOUND);
            exchange.getResponse().getHeaders().setLocation(URI.create(console.redirect()));
        }
        return exchange.getResponse().setComplete();
    }

    private static Mono<Void> serve(Content content, ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        Console.HEADERS.forEach(response.getHeaders()::set);
        if (!isRead(exchange) || exchange.checkNotModified(content.entityTag(), Instant.MIN)) {
            return response.setComplete();
        }
        byte[] bytes = content.bytes();
        response.getHeaders().setContentType(MediaType.parseMediaType(content.mediaType()));
        response.getHeaders().setContentLength(bytes.length);
        return exchange.getRequest().getMethod().equals(HttpMethod.HEAD)
                ? response.setComplete()
                : response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
    }

    private static boolean isRead(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            return true;
        }
        exchange.getResponse().setStatusCode(HttpStatus.METHOD_NOT_ALLOWED);
        exchange.getResponse().getHeaders().setAllow(Set.of(HttpMethod.GET, HttpMethod.HEAD));
        return false;
    }
}
