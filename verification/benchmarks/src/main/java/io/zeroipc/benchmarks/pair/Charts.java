package io.zeroipc.benchmarks.pair;

import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.ChartTheme;
import org.knowm.xchart.style.Styler.LegendPosition;

import io.zeroipc.benchmarks.pair.Task.Workload;

/** Pictures of the tables, both axes logarithmic. With two regimes they show the one that most slices were taken in. */
final class Charts {

    private static final int WIDTH = 1100;
    private static final int HEIGHT = 650;
    /** Ours. */
    private static final float THICK = 3;
    private static final float THIN = 1.2f;

    private final Options options;
    private final Header header;

    Charts(Options options, Header header) {
        this.options = options;
        this.header = header;
    }

    /** @param slices of one regime, whose name is in the titles */
    void write(List<Slice> slices, String regime) throws IOException {
        for (String mode : List.of("hand-over", "fill")) {
            String end = mode + ", regime " + regime;
            write(slices, Workload.THROUGHPUT, mode, "Throughput, " + end, "bytes", "messages a second",
                    Slice::size, some -> Statistics.quartiles(some, Slice::value).median());
            write(slices, Workload.ROUND_TRIP, mode, "Round trip, p50, " + end, "bytes", "nanoseconds", Slice::size,
                    some -> at(some, 50));
            write(slices, Workload.BURST, mode, "Bursts until the last is back, p50, " + end, "messages", "nanoseconds",
                    slice -> slice.task().amount(), some -> at(some, 50));
            write(slices, Workload.OPEN_LOOP, mode, "Open loop, p99, " + end, "messages a second", "nanoseconds",
                    slice -> slice.task().amount(), some -> at(some, 99));
        }
    }

    private static double at(List<Slice> slices, double percentile) {
        return Statistics.times(slices).getValueAtPercentile(percentile);
    }

    private void write(List<Slice> slices, Workload workload, String mode, String title, String xTitle, String yTitle,
            ToIntFunction<Slice> x, ToDoubleFunction<List<Slice>> y) throws IOException {
        boolean bySize = workload == Workload.THROUGHPUT || workload == Workload.ROUND_TRIP;
        Map<Transport, Map<Integer, List<Slice>>> groups = new EnumMap<>(Transport.class);
        for (Slice slice : slices) {
            if (slice.task().workload() == workload && slice.task().mode().equals(mode)
                    && (bySize || slice.size() == options.detailSizes.getFirst())) {
                groups.computeIfAbsent(slice.transport(), _ -> new TreeMap<>())
                        .computeIfAbsent(x.applyAsInt(slice), _ -> new ArrayList<>())
                        .add(slice);
            }
        }
        Map<String, Map<Integer, Double>> lines = new LinkedHashMap<>();
        groups.forEach((transport, points) -> {
            Map<Integer, Double> line = new TreeMap<>();
            points.forEach((at, some) -> line.put(at, y.applyAsDouble(some)));
            lines.put(transport.title(), line);
        });
        String size = bySize ? "" : ", " + Report.bytes(options.detailSizes.getFirst());
        draw(workload.label() + "-" + mode, title + size, xTitle, yTitle, lines);
    }

    /** Neighbours differ in hue, and the next ones in brightness as well. */
    private static Color color(int number, int count) {
        return Color.getHSBColor((float) number / count, 1, number % 2 == 0 ? 0.85f : 0.55f);
    }

    /**
     * Draws a picture, unless there is nothing to be seen.
     *
     * @param lines by name; values that are not above zero are left out
     */
    void draw(String file, String title, String xTitle, String yTitle, Map<String, Map<Integer, Double>> lines)
            throws IOException {
        XYChart chart = new XYChartBuilder().width(WIDTH)
                .height(HEIGHT)
                .theme(ChartTheme.GGPlot2)
                .title(title + " - " + header.processor())
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setYAxisLogarithmic(true)
                .setLegendPosition(LegendPosition.OutsideE);
        lines.forEach((name, points) -> {
            List<Integer> xs = new ArrayList<>();
            List<Double> ys = new ArrayList<>();
            points.forEach((x, y) -> {
                if (x > 0 && y > 0) {
                    xs.add(x);
                    ys.add(y);
                }
            });
            if (!xs.isEmpty()) {
                int number = chart.getSeriesMap().size();
                Color color = color(number, lines.size());
                XYSeries series = chart.addSeries(name, xs, ys);
                series.setMarkerColor(color);
                series.setLineColor(color);
                series.setLineWidth(name.startsWith("Shared") ? THICK : THIN);
            }
        });
        if (!chart.getSeriesMap().isEmpty()) {
            BitmapEncoder.saveBitmap(chart, options.out.resolve(file + ".png").toString(), BitmapFormat.PNG);
        }
    }
}
