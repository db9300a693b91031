package io.zeroipc.sample.app;

import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.zeroipc.manifest.PackedArray;

/**
 * The grid of temperatures that {@code peers/heat.cpp} writes, in figures. Only where the arena {@code heat} is declared:
 * {@code --zeroipc.arenas.heat.manifest=heat.json}.
 */
@RestController
@ConditionalOnProperty("zeroipc.arenas.heat.manifest")
class PlateController {

    private final ObjectProvider<PackedArray<Double>> plates;
    private final ObjectProvider<PackedArray<Long>> steps;

    PlateController(@Qualifier("heat.plate") ObjectProvider<PackedArray<Double>> plates,
            @Qualifier("heat.step") ObjectProvider<PackedArray<Long>> steps) {
        this.plates = plates;
        this.steps = steps;
    }

    /** The plate at about this step: it changes while it is read. */
    record Answer(long step, List<Long> shape, double mean, List<Long> hottest) {}

    @GetMapping("/plate")
    Answer plate() {
        PackedArray<Double> plate = plates.getObject();
        long rows = plate.shape().length(0);
        long columns = plate.shape().length(1);
        double sum = 0;
        double most = Double.NEGATIVE_INFINITY;
        List<Long> hottest = List.of();
        double[] row = new double[(int) columns];
        for (long i = 0; i < rows; i++) {
            plate.row(i).copyTo(0, row, 0, row.length);
            for (int j = 0; j < row.length; j++) {
                sum += row[j];
                if (row[j] > most) {
                    most = row[j];
                    hottest = List.of(i, (long) j);
                }
            }
        }
        return new Answer(steps.getObject().get(0), plate.shape().lengths(), sum / (rows * columns), hottest);
    }
}
