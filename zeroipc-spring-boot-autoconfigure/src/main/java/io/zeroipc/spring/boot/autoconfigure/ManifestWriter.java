package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistryListener;

/**
 * Writes the manifest of a segment whenever a structure was opened in it: at start-up, and after the segment's file was
 * replaced. A manifest that says the same is left as it is.
 */
final class ManifestWriter implements SegmentRegistryListener {

    private static final Log LOG = LogFactory.getLog(ManifestWriter.class);

    private final Map<String, Path> files;

    /** @param files by the segments' keys */
    ManifestWriter(Map<String, Path> files) {
        this.files = Map.copyOf(files);
    }

    @Override
    public void structureAdded(ChannelName channel, Structure structure) {
        Path file = files.get(channel.segment());
        if (file == null) {
            return;
        }
        try {
            Manifest.write(structure.segment(), file);
        } catch (ZeroIpcException e) {
            // The directory was there at start-up. What works without a manifest goes on.
            LOG.warn("manifest is out of date: segment=" + channel.segment() + ", path=" + file, e);
        }
    }
}
