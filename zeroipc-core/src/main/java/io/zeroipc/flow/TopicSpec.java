package io.zeroipc.flow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.format.TopicDescriptor.Layout;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.View;

/**
 * What a caller asks for, and below it what a stranger sees, of a {@link SharedTopic}.
 *
 * @param chunks 0 to take what is stored
 * @param chunkSize 0 to take what is stored, and to create with the default
 */
record TopicSpec(int chunks, long chunkSize) implements Spec<SharedTopic> {

    TopicSpec {
        if (chunks < 0 || chunks > TopicDescriptor.CHUNKS_MAX) {
            throw new IllegalArgumentException("number of chunks is out of range: chunks=" + chunks
                    + " (expected: 1 to " + TopicDescriptor.CHUNKS_MAX + "; 0 opens a topic as it is)");
        }
        if (chunkSize < 0 || chunkSize > TopicDescriptor.CHUNK_SIZE_MAX) {
            throw new IllegalArgumentException("chunk size is out of range: chunkSize=" + chunkSize
                    + " (expected: 1 to " + TopicDescriptor.CHUNK_SIZE_MAX + " bytes; 0 opens a topic as it is, and"
                    + " creates one of " + TopicDescriptor.CHUNK_SIZE_DEFAULT + ")");
        }
        chunkSize = TopicDescriptor.roundedChunkSize(chunkSize);
    }

    @Override
    public StructureKind kind() {
        return SharedTopic.KIND;
    }

    @Override
    public List<Part> parts() {
        if (chunks == 0) {
            throw new IllegalArgumentException("topic cannot be created without chunks: chunks=0 (expected: 1 to "
                    + TopicDescriptor.CHUNKS_MAX + "; 0 is for opening)");
        }
        long created = chunkSize == 0 ? TopicDescriptor.CHUNK_SIZE_DEFAULT : chunkSize;
        return List.of(new Part("", TopicDescriptor.byteSize(chunks, created),
                block -> TopicDescriptor.format(block.memory(), block.offset(), chunks, created)));
    }

    @Override
    public SharedTopic bind(Blocks blocks) {
        Block block = blocks.require("");
        if (TopicDescriptor.isUnfinished(block.memory())) {
            throw blocks.notReady("topic has no magic yet");
        }
        Layout layout = TopicDescriptor.layout(block.memory());
        blocks.requireSound(TopicDescriptor.check(block.memory(), layout), ", kind=topic");
        blocks.requireStored("number of chunks differs", layout.chunks(), chunks);
        blocks.requireStored("chunk size differs", layout.chunkSize(), chunkSize);
        return new SharedTopic(blocks, block, layout);
    }

    static final class TopicProbe implements Probe {

        @Override
        public StructureKind kind() {
            return SharedTopic.KIND;
        }

        @Override
        public Match match(Blocks blocks) {
            Block block = blocks.find("");
            return block != null
                    && TopicDescriptor.check(block.memory(), TopicDescriptor.layout(block.memory())) == null
                            ? Match.CERTAIN
                            : Match.NO;
        }

        @Override
        public Description describe(Blocks blocks) {
            Block block = blocks.require("");
            Layout layout = TopicDescriptor.layout(block.memory());
            blocks.requireSound(TopicDescriptor.check(block.memory(), layout));
            TopicChunks chunks = new TopicChunks(block.memory(), layout, blocks.describe());
            TopicChunks.Use use = chunks.use();
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("sent", chunks.tail());
            details.put("subscribers", Integer.bitCount(chunks.active()));
            details.put("loaned", use.loaned());
            details.put("bytes in use", use.bytes());
            details.put("chunk size", layout.chunkSize());
            details.put("holders", holders(blocks, chunks));
            return new Description(0, new Occupancy(use.chunks(), layout.chunks(), SharedTopic.UNIT), details,
                    List.of(View.field("tail", block.offset() + layout.tail(), "uint64"),
                            View.field("active", block.offset() + layout.active(), "uint64"),
                            new View("word", block.offset() + layout.chunk(0), layout.chunks(),
                                    layout.chunk(1) - layout.chunk(0), "uint64")));
        }

        /** All who subscribe, and those who publish and have something on loan. */
        private static List<String> holders(Blocks blocks, TopicChunks chunks) {
            List<TopicChunks.Hold> all = Stream.concat(chunks.loans(), chunks.subscriptions().stream()).toList();
            return TopicHolder.of(blocks.attachment(), all).stream().map(TopicHolder::toString).toList();
        }
    }
}
