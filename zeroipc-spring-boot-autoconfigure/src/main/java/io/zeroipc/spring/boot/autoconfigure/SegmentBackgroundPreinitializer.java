package io.zeroipc.spring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;

import io.zeroipc.segment.Segment;

/** Links native functions beside the start of the application, which would wait for it when it opens the first segment. */
class SegmentBackgroundPreinitializer implements BackgroundPreinitializer {

    @Override
    public void preinitialize() {
        Segment.prepare();
    }
}
