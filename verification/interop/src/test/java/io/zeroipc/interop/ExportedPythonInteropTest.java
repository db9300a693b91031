package io.zeroipc.interop;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.codec.Unsigned;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** What is Python's own in its exported files, beside what {@link ExportedPeersInteropTest} has for all languages. */
@Tag("process")
@SuppressWarnings("ArrayRecordComponent") // that is what fixed arrays look like
class ExportedPythonInteropTest {

    private static final int LIVES = 10;

    enum Side {
        BUY, SELL
    }

    record Trade(long id, @Unsigned(8) Side side, @Length(4) String symbol, @Length(2) double[] prices,
            @Length(3) byte[] tag) {}

    record Inner(long id) {}

    record Wide(byte small, @Unsigned(16) int unsigned, @Length(2) short[] sixteen, @Unsigned(8) Side side,
            @Length(8) String text, @Unsigned(8) @Length(2) Side[] pair, float ratio, @Length(3) byte[] tag,
            Inner inner) {}

    @RegisterExtension
    final Workbench bench = new Workbench();

    @TempDir
    Path directory;

    private String python(Segment segment, String... lines) throws Exception {
        return python(Requirements.python(), segment, lines);
    }

    /** What the lines print, behind the import of the exported file, with a segment {@code s}. */
    private String python(Path interpreter, Segment segment, String... lines) throws Exception {
        Files.writeString(directory.resolve("plant.py"),
                Export.of(segment)
                        .source(Language.PYTHON)
                        .replaceFirst("class \\w+[(]_Segment[)]", "class Plant(_Segment)"));
        Files.writeString(directory.resolve("main.py"), """
                import os, sys, uuid
                import plant
                s = plant.Plant()
                """ + String.join("\n", lines) + "\n");
        Process process = new ProcessBuilder(interpreter.toString(), "-B", "-W", "error", "main.py")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output.strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** What an operation that Python refuses says. */
    private static String refused(String operation) {
        return """
                try: %s
                except Exception as e: print(type(e).__name__ + ":", e)
                else: raise AssertionError("not refused")
                """.formatted(operation);
    }

    @Test
    void shouldHaveValuesOfPythonForElementsWithoutFields() throws Exception {
        Segment segment = bench.create();
        SharedArray<Integer> small = SharedArray.create(segment, "small", Codecs.uint8(), 2);
        SharedArray<Boolean> flags = SharedArray.create(segment, "flags", Codecs.bool(), 2);
        SharedArray<Double> doubles = SharedArray.create(segment, "doubles", Codecs.float64(), 2);
        SharedArray<String> texts = SharedArray.create(segment, "texts", Codecs.string(8), 2);
        SharedArray<byte[]> raw = SharedArray.create(segment, "raw", Codecs.bytes(3), 2);
        SharedArray<byte[]> frames = SharedArray.create(segment, "frames", Codecs.frame(5), 2);
        SharedArray<UUID> ids = SharedArray.create(segment, "ids", Codecs.uuid(), 2);
        small.set(0, 255);
        flags.set(0, true);
        doubles.set(0, 0.1);
        texts.set(0, "größe");
        raw.set(0, new byte[] {1, 2, -1});
        frames.set(0, new byte[] {65, 66});
        ids.set(0, new UUID(1, 2));

        assertThat(python(segment, """
                names = "small flags doubles texts raw frames ids".split()
                for name in names:
                    array = getattr(s, name)()
                    print(repr(array[0]))
                    array[1] = array[0]
                """, refused("s.small()[0] = 256"), refused("s.texts()[0] = 'longer than 8'"),
                refused("s.raw()[0] = b'four'"), refused("s.frames()[0] = b'123456'")).lines()).satisfiesExactly(
                        line -> assertThat(line).isEqualTo("255"),
                        line -> assertThat(line).isEqualTo("True"),
                        line -> assertThat(line).isEqualTo("0.1"),
                        line -> assertThat(line).isEqualTo("'größe'"),
                        line -> assertThat(line).isEqualTo("b'\\x01\\x02\\xff'"),
                        line -> assertThat(line).isEqualTo("b'AB'"),
                        line -> assertThat(line).isEqualTo("UUID('00000000-0000-0001-0000-000000000002')"),
                        line -> assertThat(line).contains("ValueError", "256"),
                        line -> assertThat(line).contains("ValueError", "at most 8 bytes"),
                        line -> assertThat(line).contains("ValueError", "4 bytes (expected: 3)"),
                        line -> assertThat(line).contains("ValueError", "6 bytes (expected: at most 5)"));
        assertThat(small.get(1)).isEqualTo(255);
        assertThat(flags.get(1)).isTrue();
        assertThat(doubles.get(1)).isEqualTo(0.1);
        assertThat(texts.get(1)).isEqualTo("größe");
        assertThat(raw.get(1)).containsExactly(1, 2, -1);
        assertThat(frames.get(1)).containsExactly(65, 66);
        assertThat(ids.get(1)).isEqualTo(new UUID(1, 2));
    }

    @Test
    void shouldShowRecordsWithTheirFields() throws Exception {
        Segment segment = bench.create();
        SharedState<Trade> last = SharedState.create(segment, "last", Codecs.record(Trade.class));
        last.writer().set(new Trade(7, Side.SELL, "ACME", new double[] {1, 2.5}, new byte[] {65, 0, 66}));

        assertThat(python(segment, "print(s.last().get())")).isEqualTo(
                "Trade(id=7, side=TradeSide.SELL, symbol='ACME', prices=[1.0, 2.5], tag=b'A\\x00B')");
        assertThat(python(segment, refused("s.last().writer()"))).contains("RoleTakenError", "last", "writer");
    }

    /** What ctypes would cut, wherever it is stored. */
    @Test
    void shouldRefuseWhatHasNoRoomInAField() throws Exception {
        Segment segment = bench.create();
        SharedQueue<Wide> jobs = SharedQueue.create(segment, "jobs", Codecs.record(Wide.class), 4);
        String made = "plant.Wide(small=-128, unsigned=65535, sixteen=(1, -2), side=1, text='größe', pair=[0, 0], ";
        assertThat(python(segment, "producer = s.jobs().producer()", """
                it = %sratio=0.5, tag=b'123', inner=plant.Inner(9))
                it.sixteen[1] = -32768
                it.tag[:2] = b'45'
                it.pair[1] = plant.WidePair.SELL
                it.text = "ab"
                producer.put(it)
                print(it)
                """.formatted(made), refused("plant.Wide(small=128)"), refused("it.small = -129"),
                refused("it.unsigned = -1"), refused("it.unsigned = 1.5"), refused("it.sixteen = (1, 40000)"),
                refused("it.sixteen[0] = 40000"), refused("it.sixteen[0:1] = [40000]"), refused("it.sixteen = (1,)"),
                refused("it.side = 2"), refused("it.text = 'longer than 8'"), refused("it.text = b'a\\0b'"),
                refused("it.pair[0] = 2"), refused("it.ratio = 1e300"), refused("it.tag = b'1234'"),
                refused("it.inner.id = 1 << 63"), refused("plant.Wide(smal=1)"), refused("it.inner = 5"),
                "print(it.small, list(it.sixteen), it.ratio, bytes(it.tag))").lines()).satisfiesExactly(
                        line -> assertThat(line).isEqualTo("Wide(small=-128, unsigned=65535, sixteen=[1, -32768],"
                                + " side=WideSide.SELL, text='ab', pair=[WidePair.BUY, WidePair.SELL], ratio=0.5, tag=b'453',"
                                + " inner=Inner(id=9))"),
                        line -> assertThat(line).isEqualTo("ValueError: value does not fit: field=Wide.small, value=128"
                                + " (expected: -128 to 127)"),
                        line -> assertThat(line).contains("Wide.small", "-129"),
                        line -> assertThat(line).contains("Wide.unsigned", "-1", "0 to 65535"),
                        line -> assertThat(line).contains("TypeError", "Wide.unsigned", "1.5"),
                        line -> assertThat(line).contains("Wide.sixteen", "40000", "-32768 to 32767"),
                        line -> assertThat(line).contains("Wide.sixteen", "40000", "-32768 to 32767"),
                        line -> assertThat(line).contains("Wide.sixteen", "40000", "-32768 to 32767"),
                        line -> assertThat(line).contains("Wide.sixteen", "(1,)", "2 elements"),
                        line -> assertThat(line).contains("Wide.side", "0 to 1"),
                        line -> assertThat(line).contains("Wide.text", "longer than 8", "at most 8 bytes"),
                        line -> assertThat(line).contains("Wide.text", "none of them 0"),
                        line -> assertThat(line).contains("Wide.pair", "0 to 1"),
                        line -> assertThat(line).contains("Wide.ratio", "1e+300", "3.4028235e+38"),
                        line -> assertThat(line).contains("Wide.tag", "3 elements"),
                        line -> assertThat(line).contains("Inner.id", "9223372036854775807"),
                        line -> assertThat(line).contains("AttributeError", "Wide.smal", "small, unsigned"),
                        line -> assertThat(line).contains("TypeError", "Wide.inner", "5"),
                        line -> assertThat(line).isEqualTo("-128 [1, -32768] 0.5 b'453'"));
        assertThat(jobs.poll()).usingRecursiveComparison()
                .isEqualTo(new Wide((byte) -128, 65535, new short[] {1, -32768}, Side.SELL, "ab",
                        new Side[] {Side.BUY, Side.SELL}, 0.5f, new byte[] {52, 53, 51}, new Inner(9)));
    }

    /** As those of ctypes do, and without what was there before. */
    @Test
    void shouldTakeValuesOfFieldsInAllTheirForms() throws Exception {
        Segment segment = bench.create();
        SharedQueue.create(segment, "jobs", Codecs.record(Wide.class), 4);
        assertThat(python(segment, """
                class Own(plant.Wide):
                    @property
                    def twice(self): return 2 * self.small
                    @twice.setter
                    def twice(self, value): self.small = value // 2
                class Longer(plant.Wide):
                    _fields_ = [("more", plant.ctypes.c_uint8)]
                it, other = Own(text="12345678", sixteen=(1, 2)), plant.Wide(sixteen=(5, 6))
                it.text = "ab"
                it.twice = 8
                it.tag = bytearray(b"789")
                it.sixteen = other.sixteen
                it.pair = plant.Wide(pair=(1, 0)).pair
                print(bytes(it)[plant.Wide.text.offset:][:8], it.twice, bytes(it.tag), list(it.sixteen), list(it.pair))
                it.sixteen = (plant.ctypes.c_int16 * 2)(-7, 8)
                it.text = memoryview(b"12345678")
                it.ratio = float("-inf")
                longer = Longer(small=3, more=4)
                print(list(it.sixteen), it.text, it.ratio, longer.small, longer.more)
                """, refused("it.text = 4"), refused("it.ratio = 10 ** 400"), refused("longer.small = 128"),
                refused("it.sixteen = plant.Wide().tag"), refused("it.nobody = 1")).lines()).satisfiesExactly(
                        line -> assertThat(line).isEqualTo(
                                "b'ab\\x00\\x00\\x00\\x00\\x00\\x00' 8 b'789' [5, 6] [1, 0]"),
                        line -> assertThat(line).isEqualTo("[-7, 8] b'12345678' -inf 3 4"),
                        line -> assertThat(line).contains("TypeError", "Own.text", "value=4"),
                        line -> assertThat(line).contains("ValueError", "Own.ratio", "3.4028235e+38"),
                        line -> assertThat(line).contains("ValueError", "Longer.small", "-128 to 127"),
                        line -> assertThat(line).contains("ValueError", "Own.sixteen", "2 elements"),
                        line -> assertThat(line).contains("AttributeError", "Own.nobody"));
    }

    @Test
    void shouldHaveTheShapeThatJavaHasDeclared() throws Exception {
        Segment segment = bench.create();
        SharedArray<Integer> grid = SharedArray.create(segment, "grid", Codecs.int32(), Shape.of(3, 4));
        for (int i = 0; i < 12; i++) {
            grid.set(i, i);
        }
        assertThat(python(Requirements.python("numpy"), segment, """
                grid = s.grid()
                print(grid.shape, grid[2, 1], grid[-1], grid[4:8], len(grid), sum(grid))
                view = grid.numpy()
                view[1] *= 10
                view[0, 3] = -3
                grid[8:10] = [88, 99]
                s.close()
                print(view.tolist())
                """, refused("grid[3, 0]"))).isEqualTo(
                """
                        (3, 4) 9 11 [4, 5, 6, 7] 12 66
                        [[0, 1, 2, -3], [40, 50, 60, 70], [88, 99, 10, 11]]
                        IndexError: index is out of range: index=(3, 0), array=grid, segment=%s (expected: within (3, 4))"""
                        .formatted(segment.path()));
        assertThat(grid.at(1, 3)).isEqualTo(70);
        assertThat(grid.at(0, 3)).isEqualTo(-3);
    }

    @Test
    void shouldGiveNumpyAHistoryInOrder() throws Exception {
        Segment segment = bench.create();
        SharedRing<Parcel> history = segment.create("history", SharedRing.spec(Parcel.CODEC, 10, true));
        try (RingWriter<Parcel> writer = history.writer()) {
            for (int i = 0; i < 25; i++) {
                writer.put(Parcel.of(1, i));
            }
        }
        assertThat(python(Requirements.python("numpy"), segment, """
                ring = s.history()
                print(ring.numpy()["sequence"].tolist(), len(ring), ring.capacity, ring.total_written)
                print([each.sequence for each in ring.elements()] == list(range(15, 25)), ring.newest().sequence)
                cursor = ring.cursor("latest")
                print(cursor.poll(), cursor.poll(0.01), cursor.drain(5))
                with ring.writer() as writer:
                    writer.put(ring.numpy()[3])
                    writer.put(ring.newest())
                print([each.sequence for each in cursor.drain(5)], cursor.lost)
                """, refused("writer.put(ring.newest())"), refused("ring.reader()"))).isEqualTo(
                """
                        [15, 16, 17, 18, 19, 20, 21, 22, 23, 24] 10 10 25
                        True 24
                        None None []
                        [18, 18] 0
                        ValueError: writer is closed: ring=history, segment=%1$s
                        ZeroIpcError: nobody removes elements from a ring that overwrites: ring=history, segment=%1$s (expected: a cursor)"""
                        .formatted(segment.path()));
        assertThat(history.totalWritten()).isEqualTo(27);
    }

    @Test
    void shouldSayThatAQueueIsFullOrEmpty() throws Exception {
        Segment segment = bench.create();
        SharedQueue<Long> jobs = SharedQueue.create(segment, "jobs", Codecs.int64(), 4);
        assertThat(python(segment, """
                queue = s.jobs()
                with queue.producer() as producer:
                    print(producer.offer_all(range(10)), producer.offer(1), producer.offer(1, 0.01), len(queue), queue.capacity)
                    other = plant.Plant().jobs()
                    print(other.consumer().drain(3))
                """, refused("both = other.consumer(), queue.consumer()"),
                "print(other.consumer().drain(3), other.consumer().poll(0.01))")).isEqualTo("""
                        4 False False 4 4
                        [0, 1, 2]
                        RoleTakenError: role is taken: role=consumer, queue=jobs, segment=%s (expected: one in all processes)
                        [3] None""".formatted(segment.path()));
        assertThat(jobs.isEmpty()).isTrue();
    }

    @Test
    void shouldGiveARoleBackThatIsClosedOrForgotten() throws Exception {
        Segment segment = bench.create();
        SharedState<Long> state = SharedState.create(segment, "state", Codecs.int64());
        assertThat(python(segment, """
                for _ in range(3):
                    s.state().writer().set(5)
                with s.state().writer() as writer:
                    writer.set(-7, timestamp=-1)
                print(s.state().snapshot(), writer.version)
                """)).isEqualTo("Snapshot(version=4, timestamp=-1, value=-7) 4");
        try (var writer = state.writer()) {
            assertThat(writer.version()).isEqualTo(4);
        }
    }

    /** A child would otherwise keep the lock of a parent that was killed. */
    @Test
    void shouldNotKeepRolesInAChild() throws Exception {
        Segment segment = bench.create();
        SharedState<Long> state = SharedState.create(segment, "state", Codecs.int64());
        assertThat(python(segment, """
                writer = s.state().writer()
                writer.set(1)
                read, write = os.pipe()
                child = os.fork()
                if child == 0:
                    print(s.state().get())
                    try: writer.set(2)
                    except plant.ZeroIpcError as e: print("before a fork" in str(e), flush=True)
                    os.read(read, 1)
                    with plant.Plant() as own: own.state().writer().set(3)
                    os._exit(0)
                writer.close()
                os.write(write, b"x")
                print(os.waitpid(child, 0)[1] or s.state().get())
                """)).isEqualTo("1\nTrue\n3");
        assertThat(state.get()).isEqualTo(3);
    }

    @Test
    void shouldReadAndNotWriteWhereOnlyReadingIsAllowed() throws Exception {
        Segment segment = bench.create();
        SharedArray.create(segment, "numbers", Codecs.int64(), 2).set(1, 5L);
        assertThat(python(segment, """
                real = os.open
                def denying(path, flags, *rest):
                    if flags & os.O_RDWR: raise PermissionError(13, "Permission denied", path)
                    return real(path, flags, *rest)
                os.open = denying
                s = plant.Plant()
                print(s.numbers()[1])
                """, refused("s.numbers()[1] = 6"))).isEqualTo(
                "5\nZeroIpcError: segment is open for reading: path=" + segment.path()
                        + " (expected: permission to write the file)");
    }

    @Test
    void shouldNotWriteOnAnotherMachine() throws Exception {
        Segment segment = bench.create();
        SharedState<Long> state = SharedState.create(segment, "state", Codecs.int64());
        state.writer().set(4L);
        assertThat(python(segment, """
                plant._CAN_WRITE = False  # as on aarch64
                s = plant.Plant()
                print(s.state().get())
                """, refused("s.state().writer()"))).startsWith("4\nZeroIpcError: Python writes on x86-64");
    }

    @Test
    void shouldNoticeThatTheSegmentWasReplacedWhileItWaits() throws Exception {
        Segment segment = bench.create();
        SharedQueue.create(segment, "jobs", Codecs.int64(), 4);
        assertThat(python(segment, "os.unlink(s.path)", refused("s.jobs().consumer().take()")))
                .isEqualTo("ZeroIpcError: segment was removed: path=" + segment.path() + " (open it again)");
    }

    /** Bytes alone, where nobody has said anything. */
    @Test
    void shouldGoBySizesWithoutACatalogue() throws Exception {
        Segment segment = bench.create();
        SharedArray.create(segment, "numbers", Codecs.int64(), 2).set(1, 5L);
        SharedRing.create(segment, "ring", Codecs.int64(), 4);
        SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        assertThat(python(segment, """
                os.rename(s.path + ".zipc", s.path + ".away")
                print(s.numbers()[1], s.ring().overwrites)
                other = plant.Plant()
                other._attach(plant._Array, "numbers", None, plant._Number("d", None))
                """, refused("plant.Plant()._attach(plant._Array, 'numbers', None, plant._Number('i', None))"),
                refused("plant.Plant()._attach(plant._Queue, 'ring', None, plant._Number('q', None))"), """
                        for line in ("", "{}", '{"format":"zeroipc-types","version":1,"segment":"device=1, inode=1"}\\n', "[]\\n[]\\n", "\\xff"):
                            with open(s.path + ".zipc", "w", encoding="latin-1") as file: file.write(line)
                            print(plant.Plant().numbers()[1], end=" ")
                        os.rename(s.path + ".away", s.path + ".zipc")
                        """, refused("plant.Plant()._attach(plant._Queue, 'ring', None, plant._Number('q', None))"))
                .lines())
                .satisfiesExactly(line -> assertThat(line).isEqualTo("5 False"),
                        line -> assertThat(line).contains("no array of such elements", "numbers"),
                        line -> assertThat(line).contains("queue", "ring"),
                        line -> assertThat(line).contains("5 5 5 5 5", "of another kind",
                                "exported=queue, found=ring"));
    }

    /** One that was killed between two stores has left a position that is claimed, which the next one goes on with. */
    @Test
    void shouldGoOnWithAQueueWhoseProducerWasKilled() throws Exception {
        Stage stage = Stage.in(bench.create());
        for (int life = 0; life < LIVES; life++) {
            Peer peer = open();
            peer.begin("queue-push", "jobs", life, 0, 1L << 40);
            Findings findings = new Findings();
            while (findings.received() < 500 + 37L * life) {
                findings.see(stage.jobs().take());
            }
            peer.kill();
            for (Parcel parcel = stage.jobs().poll(); parcel != null; parcel = stage.jobs().poll()) {
                findings.see(parcel);
            }
            assertThat(findings.numbers().subList(1, 3)).as("disordered, damaged").containsExactly(0L, 0L);
        }
        open().ask("queue-push", "jobs", 1, 0, 64);
        for (int i = 0; i < 64; i++) {
            assertThat(stage.jobs().poll()).isEqualTo(Parcel.of(1, i));
        }
        assertThat(stage.jobs().poll()).isNull();
    }

    @Test
    void shouldGoOnWithAQueueWhoseConsumerWasKilled() throws Exception {
        Stage stage = Stage.in(bench.create());
        long next = 0;
        for (int life = 0; life < LIVES; life++) {
            Peer peer = open();
            peer.begin("queue-take", "jobs");
            for (long end = next + 500 + 37L * life; next < end; next++) {
                stage.jobs().put(Parcel.of(1, next));
            }
            peer.kill();
        }
        Peer last = open();
        last.begin("queue-take", "jobs");
        stage.jobs().put(Parcel.END);
        assertThat(last.numbers().subList(1, 3)).as("disordered, damaged").containsExactly(0L, 0L);
        // No slot is left to one of the dead.
        for (int i = 0; i < 64; i++) {
            assertThat(stage.jobs().offer(Parcel.of(1, i))).isTrue();
        }
        assertThat(stage.jobs().offer(Parcel.END)).isFalse();
    }

    /** The same between exactly those two stores, which a kill seldom meets. */
    @Test
    void shouldEndWhatAProducerAndAConsumerHadBegun() throws Exception {
        Segment segment = bench.create();
        SharedQueue<Long> jobs = SharedQueue.create(segment, "jobs", Codecs.int64(), 4);
        jobs.offer(1L);
        assertThat(python(segment, """
                queue = s.jobs()
                queue._ints[queue._tail] += 1
                with queue.producer() as producer:
                    print(len(queue), producer.offer(2), len(queue), producer.offer(3), len(queue))
                queue._ints[queue._head] += 1
                with queue.consumer() as consumer:
                    print(len(queue), consumer.drain(4), len(queue))
                """)).isEqualTo("2 True 2 True 3\n2 [2, 3] 0");
        for (long each = 0; each < 4; each++) {
            assertThat(jobs.offer(each)).isTrue();
        }
        assertThat(jobs.offer(4L)).isFalse();
        for (long each = 0; each < 4; each++) {
            assertThat(jobs.poll()).isEqualTo(each);
        }
    }

    /** Such an element is in its slot, and looks as one that a dead program in Python had begun to take. */
    @Test
    void shouldLeaveElementsThatAreToBeRedelivered() throws Exception {
        Segment segment = bench.create();
        SharedQueue<Long> jobs = segment.create("jobs",
                SharedQueue.spec(Codecs.int64(), 4, OnConsumerDeath.REDELIVER));
        jobs.offer(1L);
        jobs.offer(2L);
        jobs.offer(3L);
        String drain = "with s.jobs().consumer() as consumer: print(consumer.drain(1), len(s.jobs()))";
        try (CommittingIntake<Long> intake = jobs.committingIntake()) {
            assertThat(intake.poll()).isEqualTo(1);
            // Still a live consumer's; and left by one that is gone, below.
            assertThat(python(segment, drain)).isEqualTo("[2] 1");
        }
        assertThat(jobs.poll()).isEqualTo(1);

        try (CommittingIntake<Long> intake = jobs.committingIntake()) {
            assertThat(intake.poll()).isEqualTo(3);
        }
        jobs.offer(4L);
        assertThat(python(segment, drain)).isEqualTo("[4] 0");
        assertThat(jobs.poll()).isEqualTo(3);
        assertThat(jobs.poll()).isNull();
    }

    private Peer open() throws InterruptedException {
        Peer peer = bench.start(ExportedPeers.command(Language.PYTHON));
        peer.ask("open", bench.path());
        return peer;
    }
}
