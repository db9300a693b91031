package io.zeroipc.sync;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import io.zeroipc.StructureKind;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;

/**
 * A structure to create or to open: these say too little for a record of their own.
 *
 * @param creation the parts; throws when what is asked for suffices only to open
 * @param binding checks the blocks and constructs
 */
record SyncSpec<S extends Structure>(StructureKind kind, Supplier<List<Part>> creation, Function<Blocks, S> binding)
        implements
        Spec<S> {

    @Override
    public List<Part> parts() {
        return creation.get();
    }

    @Override
    public S bind(Blocks blocks) {
        return binding.apply(blocks);
    }
}
