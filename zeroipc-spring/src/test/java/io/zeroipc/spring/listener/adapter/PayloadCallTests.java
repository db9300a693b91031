package io.zeroipc.spring.listener.adapter;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.support.DefaultMessageHandlerMethodFactory;
import org.springframework.messaging.handler.annotation.support.MessageHandlerMethodFactory;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

import io.zeroipc.spring.Fixtures.Alert;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.UserCode;
import io.zeroipc.spring.core.ZeroIpcHeaders;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.ElementMessage;
import io.zeroipc.spring.listener.PayloadCall;

import static org.assertj.core.api.Assertions.assertThat;

/** Calling the methods of listeners with payloads alone. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable", "EffectivelyPrivate"}) // called by their names, and public where that matters
class PayloadCallTests {

    private static final ChannelName CHANNEL = new ChannelName("host", "alerts");

    private static class Generic<T> {

        final List<Object> seen = new ArrayList<>();

        void generic(T payload) {
            seen.add(payload);
        }
    }

    private static class Listening extends Generic<Alert> {

        private void hidden(Alert alert) {
            seen.add(alert);
        }

        void primitive(long number) {
            seen.add(number);
        }

        public void batch(List<Alert> alerts) {
            seen.add(alerts);
        }

        @Nullable
        Void nothing(Alert alert) {
            seen.add(alert);
            return null;
        }

        void failing(Alert alert) throws IOException {
            throw new IOException("level " + alert.level());
        }

        void interrupted(Alert alert) throws InterruptedException {
            throw new InterruptedException();
        }

        void message(Message<Alert> message) {
            seen.add(message);
        }

        void header(@Header(ZeroIpcHeaders.SEQUENCE) Long sequence) {
            seen.add(sequence);
        }

        void both(Alert alert, @Header(ZeroIpcHeaders.STRUCTURE) String structure) {
            seen.add(alert);
        }

        void none() {
            seen.add("none");
        }

        byte[] result(Alert alert) {
            return new byte[] {(byte) alert.level()};
        }
    }

    private final Listening bean = new Listening();

    @Test
    void methodsThatTakeAPayloadAreCalledWithItAlone() throws Throwable {
        Alert alert = new Alert(1, 0.5);
        call("hidden").code().take(alert);
        call("generic").code().take(alert);
        call("primitive").code().take(7L);
        call("batch").code().take(List.of(alert));
        call("nothing").code().take(alert);
        assertThat(bean.seen).containsExactly(alert, alert, 7L, List.of(alert), alert);
        assertThat(call("hidden").type()).isEqualTo(Alert.class);
        assertThat(call("generic").type()).isEqualTo(Alert.class);
        assertThat(call("primitive").type()).isEqualTo(Long.class);
        assertThat(call("batch").type()).isEqualTo(List.class);
    }

    @Test
    void proxiesAreCalledWithWhatIsAroundTheMethod() throws Throwable {
        List<String> around = new ArrayList<>();
        ProxyFactory factory = new ProxyFactory(new Proxied());
        factory.setProxyTargetClass(true);
        factory.addAdvice((org.aopalliance.intercept.MethodInterceptor) invocation -> {
            around.add(invocation.getMethod().getName());
            return invocation.proceed();
        });
        PayloadCall call = listener(factory.getProxy(), method(Proxied.class, "on"), ours()).payloadCall();
        assertThat(call).isNotNull();
        call.code().take(new Alert(1, 0));
        assertThat(around).containsExactly("on");
    }

    /** What a proxy is made of. */
    public static class Proxied {

        public void on(Alert alert) {
            assertThat(alert.level()).isEqualTo(1);
        }
    }

    @Test
    void whatTheMethodThrowsIsTold() {
        assertThat(UserCode.run(call("failing").code(), new Alert(3, 0))).isInstanceOf(IOException.class)
                .hasMessage("level 3");
        assertThat(UserCode.run(call("interrupted").code(), new Alert(3, 0))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void methodsThatWantMoreAreCalledWithAMessage() {
        for (String method : List.of("message", "header", "both", "none", "result")) {
            assertThat(listener(bean, method(Listening.class, method), ours()).payloadCall()).as(method).isNull();
        }
    }

    @Test
    void parametersThatTheApplicationResolvesAreLeftToIt() throws Exception {
        ListenerMethodFactory factory = new ListenerMethodFactory(null);
        factory.setCustomArgumentResolvers(new ArrayList<>(List.of(new LouderAlerts())));
        factory.afterPropertiesSet();
        MethodElementListener listener = listener(bean, method(Listening.class, "hidden"), factory);
        assertThat(listener.payloadCall()).isNull();
        listener.onMessage(new ElementMessage("listener", CHANNEL, new Alert(1, 0), 1, -1));
        assertThat(bean.seen).containsExactly(new Alert(2, 0));

        DefaultMessageHandlerMethodFactory theirs = new DefaultMessageHandlerMethodFactory();
        theirs.afterPropertiesSet();
        assertThat(listener(bean, method(Listening.class, "hidden"), theirs).payloadCall()).isNull();
    }

    private static final class LouderAlerts implements HandlerMethodArgumentResolver {

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Alert.class;
        }

        @Override
        public Object resolveArgument(MethodParameter parameter, Message<?> message) {
            Alert alert = (Alert) message.getPayload();
            return new Alert(alert.level() + 1, alert.value());
        }
    }

    private PayloadCall call(String name) {
        PayloadCall call = listener(bean, method(Listening.class, name), ours()).payloadCall();
        assertThat(call).as(name).isNotNull();
        return call;
    }

    private static MethodElementListener listener(Object bean, Method method, MessageHandlerMethodFactory factory) {
        PayloadConverters converters = new PayloadConverters();
        DefaultSegmentRegistry registry = new DefaultSegmentRegistry();
        return new MethodElementListener(bean, method, factory, null, converters,
                new Replies(null, registry, () -> new ZeroIpcTemplate(registry), converters));
    }

    private static ListenerMethodFactory ours() {
        ListenerMethodFactory factory = new ListenerMethodFactory(null);
        factory.afterPropertiesSet();
        return factory;
    }

    private static Method method(Class<?> type, String name) {
        return Arrays.stream(type.equals(Listening.class) && name.equals("generic")
                ? Generic.class.getDeclaredMethods()
                : type.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
