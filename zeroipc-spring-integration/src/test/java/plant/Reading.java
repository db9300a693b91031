package plant;

public record Reading(int sensor, double value) {

    /** A line such as {@code 7;21.5}. */
    static Reading of(String line) {
        String[] parts = line.split(";");
        return new Reading(Integer.parseInt(parts[0]), Double.parseDouble(parts[1]));
    }
}
