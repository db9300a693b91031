package io.zeroipc.sync;

import java.util.Map;

import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Spec;
import io.zeroipc.testing.SwitchContract;

class SharedMutexContractTest extends SwitchContract<SharedMutex> {

    @Override
    protected Spec<SharedMutex> spec() {
        return SharedMutex.spec();
    }

    @Override
    protected Probe probe() {
        return SharedMutex.PROBE;
    }

    @Override
    protected Map<String, String> formattedBlocks() {
        return Map.of("", "01000000 00000000 01000000 00000000");
    }

    @Override
    protected void set(SharedMutex mutex, boolean on) {
        if (on) {
            mutex.tryLock();
        } else if (mutex.isLocked()) {
            mutex.unlock();
        }
    }

    @Override
    protected boolean isSet(SharedMutex mutex) {
        return mutex.isLocked();
    }
}
