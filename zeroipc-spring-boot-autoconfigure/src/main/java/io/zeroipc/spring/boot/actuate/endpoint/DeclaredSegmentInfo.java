package io.zeroipc.spring.boot.actuate.endpoint;

import java.nio.file.Path;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.annotation.Internal;

/**
 * What the endpoint tells of a declared segment beyond what is in the file.
 *
 * @param path its file, whether it exists or not; null where only the bean knows that defines it
 * @param mode how it is opened; null as the path is
 * @param bean name of its bean
 * @param structureBeans names of the beans of its structures, by the structures' names in this application
 */
@Internal
public record DeclaredSegmentInfo(@Nullable Path path, @Nullable String mode, String bean,
        Map<String, String> structureBeans) {

    public DeclaredSegmentInfo {
        structureBeans = Map.copyOf(structureBeans);
    }
}
