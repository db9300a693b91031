package io.zeroipc.spring.aot;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.annotation.ChannelListeners;
import io.zeroipc.spring.annotation.Internal;

/**
 * Hints for native images. Listener methods and their payloads need none: the annotation is a {@code @MessageMapping},
 * which brings them along.
 */
@Internal
public final class ZeroIpcRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        // Attributes are read by reflection, those of the container annotation too.
        hints.reflection().registerType(ChannelListener.class, MemberCategory.INVOKE_PUBLIC_METHODS);
        hints.reflection().registerType(ChannelListeners.class, MemberCategory.INVOKE_PUBLIC_METHODS);
    }
}
