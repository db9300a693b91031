package io.zeroipc.sample.app;

import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.collection.SharedArray;

/** The load of each core. */
@Component
public class Cores {

    private static final Logger log = LoggerFactory.getLogger("sample.telemetry");

    private final ObjectProvider<SharedArray<Double>> cores;
    private final boolean shown;

    Cores(ObjectProvider<SharedArray<Double>> cores, SampleProperties properties) {
        this.cores = cores;
        this.shown = properties.cores();
    }

    /**
     * Busy share of each core, of now and not of the moment of any sample: an array has no versions.
     *
     * @param count how many there are, as a sample says
     */
    public List<Double> busy(int count) {
        List<Double> shares = new ArrayList<>();
        if (!shown) {
            return shares;
        }
        try {
            SharedArray<Double> array = cores.getObject();
            for (int i = 0; i < Math.min(count, array.capacity()); i++) {
                shares.add(array.getDoubleAcquire(i));
            }
        } catch (BeansException | ZeroIpcException e) {
            log.debug("no figures of single cores", e);
        }
        return shares;
    }
}
