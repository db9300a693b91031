package io.zeroipc.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code docs/format/catalogue.md} says of each kind is what this library writes. */
class CataloguePageTest {

    private static final String PAGE = "docs/format/catalogue.md";
    private static final String HEAD = "| kind | row at `offset` | `element` | `options` |";
    private static final Pattern OPTION = Pattern.compile("`(\\w+)`: ");

    @Test
    void shouldNameTheDecidingRowOfEachKind() {
        Map<String, String> rows = rows().stream()
                .collect(Collectors.toMap(row -> row.get(0).replace("`", ""), row -> row.get(1)));

        assertThat(rows).isEqualTo(Catalog.types()
                .stream()
                .collect(Collectors.toMap(type -> type.kind().label(), type -> "name" + type.kind().decidingSuffix())));
    }

    @Test
    void shouldNameTheOptionsThatAreWritten(@TempDir Path directory) throws Exception {
        Map<String, TreeSet<String>> named = new TreeMap<>();
        rows().forEach(row -> OPTION.matcher(row.get(3))
                .results()
                .forEach(option -> named.computeIfAbsent(row.get(0).replace("`", ""), _ -> new TreeSet<>())
                        .add(option.group(1))));

        Path path = directory.resolve("segment");
        try (Segment segment = Segment.at(path).size(1 << 16).create()) {
            SharedMap.create(segment, "map", Codecs.int32(), Codecs.int64(), 4);
            SharedRing.create(segment, "plain", Codecs.int32(), 4);
            SharedArray.create(segment, "array", Codecs.int32(), Shape.of(2, 3));
            segment.create("ring", SharedRing.spec(Codecs.int32(), 4, true));
            SharedStream.create(segment, "stream", Codecs.int32(), 4, SharedStream.Mode.BROADCAST);

            assertThat(named).isEqualTo(segment.opened()
                    .values()
                    .stream()
                    .filter(structure -> !structure.options().isEmpty())
                    .collect(Collectors.toMap(structure -> structure.kind().label(),
                            structure -> new TreeSet<>(structure.options().keySet()))));
            assertThat(Files.readString(path.resolveSibling("segment.zipc")).lines().findFirst()).get()
                    .asString()
                    .contains("device=" + Files.getAttribute(path, "unix:dev") + ", inode="
                            + Files.getAttribute(path, "unix:ino"));
        }
    }

    private static List<List<String>> rows() {
        return Repository.read(PAGE)
                .lines()
                .dropWhile(line -> !line.equals(HEAD))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> List.of(line.substring(2).split(" \\| ?")))
                .map(row -> row.size() > 3 ? row : List.of(row.get(0), row.get(1), "", ""))
                .toList();
    }
}
