package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.SegmentRegistryListener;

/**
 * Writes the manifests of segments: once at the end of start-up, and later, when structures are opened that were not there or
 * the file was replaced, once for all that comes within a moment, in a thread of its own. A manifest that says the same is left
 * as it is.
 */
final class ManifestWriter implements SegmentRegistryListener, SmartInitializingSingleton, DisposableBean {

    private static final Log LOG = LogFactory.getLog(ManifestWriter.class);

    private static final long MOMENT_MILLIS = 100;

    private final SegmentRegistry registry;
    private final Map<String, Path> files;
    /** Segments whose manifest may say too little. Guarded by this, as what follows. */
    private final Set<String> outdated = new LinkedHashSet<>();
    private boolean started;
    private @Nullable Thread writer;

    /** @param files by the segments' keys */
    ManifestWriter(SegmentRegistry registry, Map<String, Path> files) {
        this.registry = registry;
        this.files = Map.copyOf(files);
        registry.addListener(this);
    }

    @Override
    public synchronized void structureAdded(ChannelName channel, Structure structure) {
        if (!files.containsKey(channel.segment())) {
            return;
        }
        outdated.add(channel.segment());
        if (started && writer == null) {
            writer = Thread.ofPlatform().daemon().name("zeroipc-manifest").start(this::writeInAMoment);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        write(begin());
    }

    private synchronized List<String> begin() {
        started = true;
        return take();
    }

    private void writeInAMoment() {
        try {
            List<String> segments;
            do {
                Thread.sleep(MOMENT_MILLIS);
                segments = takeOrEnd();
                write(segments);
            } while (!segments.isEmpty());
        } catch (InterruptedException e) {
            // The context ends, and whoever ends it writes the rest.
        }
    }

    private synchronized List<String> takeOrEnd() {
        List<String> segments = take();
        if (segments.isEmpty()) {
            writer = null;
        }
        return segments;
    }

    private List<String> take() {
        List<String> segments = List.copyOf(outdated);
        outdated.clear();
        return segments;
    }

    private void write(List<String> segments) {
        for (String name : segments) {
            Path file = files.get(name);
            Segment segment = registry.find(name).orElse(null);
            if (file == null || segment == null) {
                continue;
            }
            try {
                Manifest.write(segment, file);
            } catch (ZeroIpcException e) {
                // The directory was there at start-up. What works without a manifest goes on.
                LOG.warn("manifest is out of date: segment=" + name + ", path=" + file, e);
            } catch (IllegalStateException | InternalError e) {
                // Closed, or a page of its file is gone: which others tell, and which must not end the writing for others.
                LOG.debug("segment cannot be read any more: segment=" + name, e);
            }
        }
    }

    /** Nothing is written after this. */
    @Override
    public void destroy() throws InterruptedException {
        registry.removeListener(this);
        Thread running;
        List<String> rest;
        synchronized (this) {
            started = false;
            running = writer;
            rest = take();
        }
        if (running != null) {
            running.interrupt();
            running.join();
        }
        write(rest);
    }
}
