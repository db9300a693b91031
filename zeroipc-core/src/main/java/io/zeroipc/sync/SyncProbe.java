package io.zeroipc.sync;

import java.util.function.Function;

import io.zeroipc.StructureKind;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;

/** What the bytes of a structure tell a stranger, as two functions of it. */
record SyncProbe(StructureKind kind, Function<Blocks, Match> matcher, Function<Blocks, Description> describer)
        implements
        Probe {

    @Override
    public Match match(Blocks blocks) {
        return matcher.apply(blocks);
    }

    @Override
    public Description describe(Blocks blocks) {
        return describer.apply(blocks);
    }
}
