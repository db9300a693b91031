package io.zeroipc.spring.core;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

import io.zeroipc.manifest.PackedArena;

/**
 * A packed arena that the application declares.
 *
 * @param name its name in this application
 * @param manifest the file that says where its arrays lie
 * @param opener opens or makes it
 * @param startupFailurePolicy what happens when its manifest or its file is not there
 * @param openTimeout how long to wait for it, with the policy to retry
 * @param openRetryInterval how often to look for it meanwhile
 * @param watchInterval how often to look for a new manifest; zero for never
 */
public record ArenaDefinition(String name, Path manifest, Supplier<PackedArena> opener,
        StartupFailurePolicy startupFailurePolicy, Duration openTimeout, Duration openRetryInterval,
        Duration watchInterval) {}
