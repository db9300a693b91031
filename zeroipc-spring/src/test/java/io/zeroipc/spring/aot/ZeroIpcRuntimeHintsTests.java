package io.zeroipc.spring.aot;

import java.lang.reflect.Method;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.annotation.ChannelListeners;

import static org.assertj.core.api.Assertions.assertThat;

class ZeroIpcRuntimeHintsTests {

    @Test
    void hintsWhenRegistrarIsCalledCoverTheAnnotations() {
        RuntimeHints hints = new RuntimeHints();
        new ZeroIpcRuntimeHints().registerHints(hints, getClass().getClassLoader());
        for (Class<?> annotation : new Class<?>[] {ChannelListener.class, ChannelListeners.class}) {
            for (Method attribute : annotation.getDeclaredMethods()) {
                assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(attribute)).accepts(hints);
            }
        }
    }

    @Test
    void registrarIsFoundByAheadOfTimeProcessing() {
        assertThat(AotServices.factories().load(RuntimeHintsRegistrar.class))
                .hasAtLeastOneElementOfType(ZeroIpcRuntimeHints.class);
    }

    @Test
    void hintsWhenAMethodListensCoverItAndItsPayload() throws Exception {
        RuntimeHints hints = new RuntimeHints();
        new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, Listener.class);
        Method method = Listener.class.getDeclaredMethod("on", Reading.class);
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(method)).accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(Reading.class)).accepts(hints);
    }

    record Reading(double value) {}

    static class Listener {

        @ChannelListener("host/readings")
        void on(Reading reading) {
            throw new IllegalStateException("never called: " + reading);
        }
    }
}
