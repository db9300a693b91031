package io.zeroipc.spring.boot.console;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import io.zeroipc.spring.boot.console.Console.Content;

/** Serves the console with Spring MVC, beside the endpoints. */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean(Console.class)
class ServletConsoleManagementContextConfiguration {

    /** That of the endpoints: before an application's own controllers, which may have a path for everything. */
    private static final int ORDER = -100;

    @Bean
    SimpleUrlHandlerMapping zeroIpcConsoleHandlerMapping(Console console) {
        Map<String, HttpRequestHandler> handlers = new LinkedHashMap<>();
        if (console.isAccessible()) {
            handlers.put(console.path(), (request, response) -> redirect(console, request, response));
            console.contents()
                    .forEach((path, content) -> handlers.put(path,
                            (request, response) -> serve(content, request, response)));
        }
        return new SimpleUrlHandlerMapping(handlers, ORDER);
    }

    private static void redirect(Console console, HttpServletRequest request, HttpServletResponse response) {
        if (isRead(request, response)) {
            response.setStatus(HttpServletResponse.SC_FOUND);
            response.setHeader(HttpHeaders.LOCATION, console.redirect());
        }
    }

    private static void serve(Supplier<Content> supplier, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Console.HEADERS.forEach(response::setHeader);
        if (!isRead(request, response)) {
            return;
        }
        Content content = supplier.get();
        if (new ServletWebRequest(request, response).checkNotModified(content.entityTag())) {
            return;
        }
        byte[] bytes = content.bytes();
        response.setContentType(content.mediaType());
        response.setContentLength(bytes.length);
        if (!request.getMethod().equals(HttpMethod.HEAD.name())) {
            response.getOutputStream().write(bytes);
        }
    }

    private static boolean isRead(HttpServletRequest request, HttpServletResponse response) {
        String method = request.getMethod();
        if (method.equals(HttpMethod.GET.name()) || method.equals(HttpMethod.HEAD.name())) {
            return true;
        }
        response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        response.setHeader(HttpHeaders.ALLOW, "GET, HEAD");
        return false;
    }
}
