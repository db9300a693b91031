package io.zeroipc.interop;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;

/**
 * One structure of each kind that exported files reach, made by Java in a segment: what the programs in
 * {@code src/test/<language>/exported.*} work with. Parcels, but for what says otherwise.
 *
 * @param numbers an array of 1,000 {@code int64}
 * @param newest a state
 * @param feed a ring of 64
 * @param history a ring of 1,024 that is overwritten
 * @param jobs a queue of 64
 * @param results a queue of 64
 * @param events a buffered channel of 64
 * @param total a counter
 * @param places a map of 64 from {@code int64} to {@link Place}
 * @param members a set of 64 {@code int64}
 */
record Stage(SharedArray<Long> numbers, SharedState<Parcel> newest, SharedRing<Parcel> feed,
        SharedRing<Parcel> history, SharedQueue<Parcel> jobs, SharedQueue<Parcel> results, SharedChannel<Parcel> events,
        SharedCounter total, SharedMap<Long, Place> places, SharedSet<Long> members) {

    /** The one that somebody has made. */
    static Stage of(Segment segment) {
        return new Stage(SharedArray.open(segment, "numbers", Codecs.int64()),
                SharedState.open(segment, "newest", Parcel.CODEC), SharedRing.open(segment, "feed", Parcel.CODEC),
                segment.open("history", SharedRing.spec(Parcel.CODEC, 1024, true)),
                SharedQueue.open(segment, "jobs", Parcel.CODEC), SharedQueue.open(segment, "results", Parcel.CODEC),
                SharedChannel.open(segment, "events", Parcel.CODEC), SharedCounter.open(segment, "total"),
                SharedMap.open(segment, "places", Codecs.int64(), Place.CODEC),
                SharedSet.open(segment, "members", Codecs.int64()));
    }

    static Stage in(Segment segment) {
        return new Stage(SharedArray.create(segment, "numbers", Codecs.int64(), 1000),
                segment.create("newest", SharedState.spec(Parcel.CODEC, 64)),
                SharedRing.create(segment, "feed", Parcel.CODEC, 64),
                segment.create("history", SharedRing.spec(Parcel.CODEC, 1024, true)),
                SharedQueue.create(segment, "jobs", Parcel.CODEC, 64),
                SharedQueue.create(segment, "results", Parcel.CODEC, 64),
                SharedChannel.create(segment, "events", Parcel.CODEC, 64),
                SharedCounter.create(segment, "total"),
                SharedMap.create(segment, "places", Codecs.int64(), Place.CODEC, 64),
                SharedSet.create(segment, "members", Codecs.int64(), 64));
    }
}
